import { writeFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { type ClientContractOptions, clientContract, type MakeClient } from '@valetkey/testing'
import type { Outcome } from '../outcome.ts'

interface Client {
  readonly makeClient: MakeClient
  readonly options: ClientContractOptions
}

/** Runs the contract of each client, or of the one in `ONLY`, under node:test; writes what came of it to the file in `REPORT`. */
export function report(clients: readonly Client[]): void {
  const { ONLY, REPORT = '' } = process.env
  const outcomes = clients.filter(({ options }) => [undefined, options.name].includes(ONLY)).map(runContract)
  after(() => writeFileSync(REPORT, JSON.stringify(outcomes)))
}

function runContract({ makeClient, options }: Client): Outcome {
  const cases: { name: string; passed: boolean }[] = []
  const runner = {
    describe: (name: string, define: () => void) => void describe(name, define),
    test(name: string, run: () => void | Promise<void>) {
      const judged = { name, passed: false }
      cases.push(judged)
      void test(name, async () => {
        await run()
        judged.passed = true
      })
    },
  }
  return { client: options.name, cases, excluded: clientContract(runner, makeClient, options) }
}
