// `npm run oidc-cycles`: many processes, one sign-in at oidc-provider, refresh tokens that work once.
import { missingRedis } from './redis.ts'
import { runCycles } from './run-cycles.ts'

const OPTIONS = { cycles: 50, processes: 6, requests: 4 }

const missing = missingRedis()
if (missing !== undefined) console.error(missing)
process.exitCode = missing === undefined ? await run() : 2

async function run(): Promise<number> {
  const { cycles, processes, requests } = OPTIONS
  const { answered, failures, refusals, refreshes, refused, reuses, durationsMs } = await runCycles(OPTIONS)
  const ms = durationsMs.toSorted((a, b) => a - b).map(Math.round)
  console.log(
    `${cycles} cycles in which the access token ends · ${processes} processes · ${requests} requests of each at once`,
  )
  console.log(
    `requests answered ${answered} · failed ${failures.length} · tokens refused by the API and renewed ${refusals}`,
  )
  console.log(`refreshes ${refreshes} · refused token requests ${refused.length} · refresh tokens used twice ${reuses}`)
  console.log(`a cycle took ${ms[Math.floor(ms.length / 2)]} ms (median), ${ms.at(-1)} ms at most`)
  for (const problem of new Set([...failures, ...refused])) console.log(problem)
  return failures.length + refused.length + reuses === 0 && refreshes === cycles ? 0 : 1
}
