import { expect, test } from 'vitest'
import { type CredentialEvents, createTokenCredential, memoryStore, type TokenStore } from '../src/index.ts'
import { systemClock } from '../src/time.ts'

/** A request for tokens takes 250 ms, by the monotonic clock; meanwhile the wall clock, which is the store's too, jumps by `stepMs`. */
async function durationsAcross(stepMs: number) {
  let [wall, mono, writes] = [Date.UTC(2026, 0, 1), 0, 0]
  const clock = { ...systemClock, now: () => wall, monotonic: () => mono }
  const inner = memoryStore({ clock })
  const store: TokenStore = {
    ...inner,
    // Another write comes before that of the tokens: the record is read again.
    async compareAndSet(...write) {
      writes += 1
      return writes % 3 === 2 ? { ok: false } : inner.compareAndSet(...write)
    },
  }
  const acquire = async () => {
    wall += 250 + stepMs
    mono += 250
    return { accessToken: `token-${mono}`, expiresIn: 60, refreshToken: `refresh-${mono}` }
  }
  const credential = createTokenCredential(
    {
      vendor: 'acme',
      origins: ['https://api.acme.example'],
      identity: ['jumps'],
      grant: { acquire, refresh: acquire },
    },
    { store, clock },
  )
  const durations: (readonly [keyof CredentialEvents, number])[] = []
  credential.on('*', (event, detail) => void ('durationMs' in detail && durations.push([event, detail.durationMs])))
  await credential.getToken()
  mono += 120_000
  wall += 120_000
  await credential.getToken()
  await credential.close()
  expect(writes).toBe(6)
  return durations
}

test.each([
  ['goes on as usual', 0],
  ['is put forward by ten seconds', 10_000],
  ['is set back by ten seconds', -10_000],
])('Events tell how long a token request took, also when the wall clock %s meanwhile', async (_, stepMs) => {
  expect(await durationsAcross(stepMs)).toEqual([
    ['acquired', 250],
    ['refreshed', 250],
  ])
})
