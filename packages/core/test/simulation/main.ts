import { VENDOR_RULES } from '../model/vendor.ts'
import { FAULTS } from './faults.ts'
import { type SimulationResult, simulate } from './simulate.ts'

/**
 * Prints a table of seeded runs. Exits 1 if an operation failed without a reason, or a token was lost, in a run that has no
 * excuse, or if the token endpoint was asked too often.
 */
const SEEDS = 100
const MINUTES = 10
/** In any minute, by all six processes. */
const MOST_TOKEN_CALLS = 12

let unexplained = 0
console.log(
  '| vendor rule | faults | operations | retryable errors | signed in again, of 100 runs | failed | tokens lost | most token calls in a minute |',
)
console.log('|---|---|---:|---:|---:|---:|---:|---:|')
for (const rule of VENDOR_RULES) {
  for (const [name, faults] of Object.entries(FAULTS)) {
    const results: SimulationResult[] = []
    for (let seed = 1; seed <= SEEDS; seed += 1) results.push(await simulate({ seed, rule, faults, minutes: MINUTES }))
    const sum = (count: (result: SimulationResult) => number) =>
      results.reduce((total, result) => total + count(result), 0)
    const failed = sum((result) => result.failed.length)
    const lost = sum((result) => Number(result.isTokenLost))
    const mostCalls = Math.max(...results.map((result) => result.mostTokenCallsInAMinute))
    if (mostCalls > MOST_TOKEN_CALLS) unexplained += 1
    // A paused process may send its request after a later one was answered; this rule then ends the younger set.
    if (rule !== 'latest') unexplained += failed + lost
    const signedInAgain = sum((result) => Number(result.reauthorizations.length > 0))
    const operations = sum((result) => result.operations)
    const unavailable = sum((result) => result.unavailable)
    console.log(
      `| ${rule} | ${name} | ${operations} | ${unavailable} | ${signedInAgain} | ${failed} | ${lost} | ${mostCalls} |`,
    )
  }
}
process.exitCode = unexplained === 0 ? 0 : 1
