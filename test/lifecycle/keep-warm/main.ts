// One process that keeps accounts warm. Its time passes when its parent says so, while nothing is under way.
import type { TokenStore } from '@valetkey/core'
import { keepWarm } from '@valetkey/core/keep-warm'
import { fileStore } from '@valetkey/store-file'
import { virtualClock } from '@valetkey/testing'
import { connect, createCounter, wholeFetch } from './connect.ts'
import type { WarmCommand, WarmPlan, WarmReport } from './plan.ts'

const { path, tokenUrl, idleSeconds, everyMs, now, chance }: WarmPlan = JSON.parse(process.argv[2] ?? '')
const clock = { ...virtualClock({ now }), random: () => chance }
const { counted, settle } = createCounter()

const files = fileStore({ path })
const keys = counted(async () => {
  const found: string[] = []
  for await (const key of files.list?.() ?? []) found.push(key)
  return found
})
const store: TokenStore = {
  specVersion: 'v1',
  get: counted(async (key) => ({ ...(await files.get(key)), now: clock.now() })),
  compareAndSet: counted(files.compareAndSet),
  async *list() {
    yield* await keys()
  },
}
const lifetimes = { idle: idleSeconds }
keepWarm(connect({ tokenUrl, store, clock, fetch: counted(wholeFetch), lifetimes }), { everyMs })

async function report(): Promise<void> {
  await settle()
  const nextMs = await Promise.race([clock.waitForSleep(everyMs), Promise.resolve(everyMs)])
  process.send?.({ nextMs } satisfies WarmReport)
}

process.on('message', ({ advanceMs }: WarmCommand) => void clock.advance(advanceMs).then(report))
await report()
