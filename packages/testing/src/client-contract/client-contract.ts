import type { ExcludedCase, Runner } from '../runner.ts'
import { ANSWER_CASES } from './answer-cases.ts'
import { bodyCases } from './body-cases.ts'
import { CALLER_CASES } from './caller-cases.ts'
import { ORIGIN_CASES } from './origin-cases.ts'
import { PASS_THROUGH_CASES } from './pass-through-cases.ts'
import { REDIRECT_CASES } from './redirect-cases.ts'
import { RENEWAL_CASES } from './renewal-cases.ts'
import { REQUEST_CASES } from './request-cases.ts'
import { SECRET_CASES } from './secret-cases.ts'
import type { ClientCase, ClientContractOptions, MakeClient } from './subject.ts'
import { inWorld } from './world.ts'

/**
 * What every client plugin must do, as tests of your test framework: the rules C1 to C20 of `docs/client-behaviour.md`, over
 * real loopback servers. `makeClient` is called for each test; a failed test throws an error that says what the plugin must do.
 * Gives the tests that there are not, because of what the client cannot do.
 */
export function clientContract(
  runner: Runner,
  makeClient: MakeClient,
  options: ClientContractOptions,
): readonly ExcludedCase[] {
  const judged = casesOf(options).map((it) => ({ ...it, reason: reasonAgainst(it, options) }))
  runner.describe(`client contract of ${options.name}`, () => {
    for (const { name, run, reason } of judged) {
      if (reason === undefined) runner.test(name, () => inWorld(makeClient, options, run))
    }
  })
  return judged.flatMap(({ name, reason, without }) => (reason === undefined || without ? [] : [{ name, reason }]))
}

function casesOf(options: ClientContractOptions): ClientCase[] {
  const cases = [
    ...ORIGIN_CASES,
    ...RENEWAL_CASES,
    ...CALLER_CASES,
    ...bodyCases(options),
    ...ANSWER_CASES,
    ...REDIRECT_CASES,
    ...PASS_THROUGH_CASES,
    ...SECRET_CASES,
    ...REQUEST_CASES,
  ]
  return cases.toSorted((a, b) => ruleOf(a) - ruleOf(b))
}

function ruleOf({ name }: ClientCase): number {
  return Number(/^C(\d+):/.exec(name)?.[1])
}

function reasonAgainst(
  { needs = [], without }: ClientCase,
  { cannot = {} }: ClientContractOptions,
): string | undefined {
  if (without && cannot[without] === undefined) return 'the client can do more'
  return needs.map((ability) => cannot[ability]).find((reason) => reason !== undefined)
}
