// `node child.ts <subject> <origin> <signed in> <per second> <seconds> <token delay, ms>`: sends at a constant rate, and prints how long the answers took.
import { percentile } from '../runner/numbers.ts'
import { sendAtRate } from '../runner/open-loop.ts'
import { ready } from '../runner/run-child.ts'
import { subjectTitled } from '../subjects/subjects.ts'
import type { SignedIn } from '../vendor/token-endpoint.ts'

export interface Latencies {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Requests that took as long as the token endpoint takes. */
  readonly waited: number
  readonly failed: number
}

/** Until the code is compiled and the connections are open. */
const WARM_UP_S = 2
const PAUSE_S = 0.1

const [title, origin = '', signedIn = '{}', perSecond = '200', seconds = '10', tokenDelayMs = '300'] =
  process.argv.slice(2)
const tokens = JSON.parse(signedIn) as SignedIn
const send = await subjectTitled(title).open({ origin, tokens })
await sendAtRate(send, Number(perSecond), WARM_UP_S)
// Goes on while it waits for the other one: a program that sends nothing does not refresh.
let hasBegun = false
void ready().then(() => {
  hasBegun = true
})
while (!hasBegun) await sendAtRate(send, Number(perSecond), PAUSE_S)
const { latenciesMs, failed } = await sendAtRate(send, Number(perSecond), Number(seconds))
const latencies: Latencies = {
  p50Ms: percentile(latenciesMs, 0.5),
  p99Ms: percentile(latenciesMs, 0.99),
  maxMs: Math.max(...latenciesMs),
  waited: latenciesMs.filter((ms) => ms >= Number(tokenDelayMs)).length,
  failed,
}
console.log(JSON.stringify(latencies))
process.exit()
