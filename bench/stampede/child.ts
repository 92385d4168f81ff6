// `node child.ts <subject> <origin> <signed in> <requests> <in flight>`: sends so many requests, so many at a time, and prints what became of them.
import { ready } from '../runner/run-child.ts'
import { subjectTitled } from '../subjects/subjects.ts'
import type { SignedIn } from '../vendor/token-endpoint.ts'

/** Answers by status; `0` for a request that was rejected without one. */
export type Outcome = Readonly<Record<string, number>>

const [title, origin = '', signedIn = '{}', requests = '1000', inFlight = requests] = process.argv.slice(2)
const tokens = JSON.parse(signedIn) as SignedIn
const send = await subjectTitled(title).open({ origin, tokens })

await ready()
const outcome: Record<string, number> = {}
const count = (status: number): void => {
  outcome[status] = (outcome[status] ?? 0) + 1
}

let left = Number(requests)
const worker = async (): Promise<void> => {
  while (left > 0) {
    left -= 1
    await send('/v1/readings').then(count, (error: unknown) => count(statusOf(error)))
  }
}
await Promise.all(Array.from({ length: Number(inFlight) }, worker))
console.log(JSON.stringify(outcome))
// Timers of a subject would keep the process.
process.exit()

/** That of an error of axios, ky, gaxios or octokit. */
function statusOf(error: unknown): number {
  const { status, response } = error as { status?: unknown; response?: { status?: unknown } }
  const found = response?.status ?? status
  return typeof found === 'number' ? found : 0
}
