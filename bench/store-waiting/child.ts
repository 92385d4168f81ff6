import { setTimeout as pause } from 'node:timers/promises'
import { redisStore } from '@valetkey/store-redis'
import { acmeCredential } from '@valetkey-app/test-support/acme-credential'
import { ready } from '../runner/run-child.ts'
import { openClient, type ProcessResult, REQUESTS } from './settings.ts'

// The requests of one process: prints how long each waited for its token. Halfway the API refuses the token once.
const [port, isHearing, vendorUrl = ''] = process.argv.slice(2)
const client = await openClient(Number(port))
const subscriber = isHearing === 'true' ? await openClient(Number(port)) : undefined
const credential = acmeCredential(vendorUrl, { store: redisStore(client, { subscriber }) })

await ready()
const waits: number[] = []
let failed = 0
let refused = -1
for (let request = 0; request < REQUESTS; request += 1) {
  const startedAt = performance.now()
  try {
    const current = await credential.authorization()
    if (request === 0) refused = current.generation
    if (request >= REQUESTS / 2 && current.generation === refused) await credential.renew(current)
  } catch {
    failed += 1
  }
  waits.push(performance.now() - startedAt)
  await pause(10)
}
console.log(JSON.stringify({ waits, failed } satisfies ProcessResult))
process.exit()
