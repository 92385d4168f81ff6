import { type ClientContractOptions, clientContract, type ExcludedCase, type MakeClient } from '@valetkey/testing'

/** What the contract said of one client. */
export interface Outcome {
  readonly client: string
  readonly cases: readonly { readonly name: string; readonly passed: boolean }[]
  readonly excluded: readonly ExcludedCase[]
}

export interface PlatformOutcome extends Outcome {
  /** E.g. `Node 20`. */
  readonly platform: string
}

/** What the contract would say if every test passed; none is run. */
export function plannedOutcome(makeClient: MakeClient, options: ClientContractOptions): Outcome {
  const names: string[] = []
  const runner = {
    describe: (_name: string, define: () => void) => define(),
    test: (name: string) => void names.push(name),
  }
  const excluded = clientContract(runner, makeClient, options)
  return { client: options.name, cases: names.map((name) => ({ name, passed: true })), excluded }
}
