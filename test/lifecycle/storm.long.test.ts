import { expect, test } from 'vitest'
import { connectionReset, noAnswer, REFUSALS } from './support/refusing-answers.ts'
import { GRANTS, runStorms, type Storm, type StormPlan } from './support/storm.ts'

const MINUTES = 10
const MOST_TOKEN_CALLS = 12

const ofEachGrant = (plan: Omit<StormPlan, 'grant'>): StormPlan[] =>
  GRANTS.map((grant) => ({ ...plan, grant, name: `${grant}: ${plan.name}` }))

/** @param mostSleeps at one time: those of a caller and of a token call end with it, so that they do not add up */
function expectNoStorm(storms: readonly Storm[], longestWaitMs: number, mostSleeps: number): void {
  const broken = storms.filter((storm) => {
    const calls = storm.tokenCalls.length
    const isPaced = calls > 0 && calls <= MOST_TOKEN_CALLS && storm.longestWaitMs <= longestWaitMs
    return !isPaced || storm.mostSleeps > mostSleeps || storm.left > 0
  })
  expect(broken.map((storm) => ({ ...storm, tokenCalls: storm.tokenCalls.length }))).toEqual([])
}

test('a token endpoint that refuses, with any status and any Retry-After, gets twelve requests in ten minutes', async () => {
  const plans = [...REFUSALS, { name: 'connection reset', answer: connectionReset }].flatMap(ofEachGrant)
  expectNoStorm(await runStorms(plans, { minutes: MINUTES }), 4_000, 12)
})

test('at 200 requests a second it gets no more', async () => {
  const comeBackAtOnce = REFUSALS.filter(({ name }) => name === '503, Retry-After 0')
  const plans = comeBackAtOnce.flatMap((refusal) => ofEachGrant({ ...refusal, callers: 100 }))
  const storms = await runStorms(plans, { minutes: MINUTES })
  expectNoStorm(storms, 4_000, 1_500)
  const answered = storms.map(({ ends }) => [...ends.values()].reduce((sum, count) => sum + count, 0))
  expect(Math.min(...answered)).toBeGreaterThan(30_000)
})

test('one that never answers gets one request a minute at most, and every caller an error after maxWaitMs', async () => {
  const plans = ofEachGrant({ name: 'no answer', answer: noAnswer })
  expectNoStorm(await runStorms(plans, { minutes: MINUTES, stepMs: 5_000, maxWaitMs: 10_000 }), 10_000, 12)
})
