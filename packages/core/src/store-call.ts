import type { Clock } from './clock.ts'
import { CredentialError } from './errors.ts'
import type { CasResult, StoreRead, TokenStore } from './store.ts'

/** A store call later than this counts as failed; whether a write was applied is then unknown. */
const STORE_CALL_LIMIT_MS = 5_000

/** A read, and this process's monotonic clock before it. */
export type TimedRead = StoreRead & { readonly mono: number }

/** @throws what the store throws, or a plain error after `STORE_CALL_LIMIT_MS` */
export async function getWithin(store: TokenStore, clock: Clock, key: string): Promise<TimedRead> {
  const mono = clock.monotonic()
  const read = await limited(clock, store.get(key))
  if (typeof read?.now !== 'number') throw wrongAnswer('get() must give { now, version, value }')
  return { ...read, mono }
}

/** @throws what the store throws, or a plain error after `STORE_CALL_LIMIT_MS`: then nobody knows whether it was applied */
export async function setWithin(
  store: TokenStore,
  clock: Clock,
  key: string,
  expected: string | undefined,
  value: string,
  retainMs?: number,
): Promise<CasResult> {
  const written = await limited(
    clock,
    store.compareAndSet(key, expected, value, retainMs === undefined ? {} : { retainMs }),
  )
  if (written?.ok === false || typeof written?.version === 'string') return written
  throw wrongAnswer('compareAndSet() must give { ok, version }')
}

/** For whoever writes the store: taken as a lost write, such an answer would be asked for again, for ever. */
function wrongAnswer(words: string): CredentialError<'store_unavailable'> {
  return new CredentialError('store_unavailable', words, { vendor: 'core' })
}

async function limited<T>(clock: Clock, call: Promise<T>): Promise<T> {
  const finished = new AbortController()
  const limit = clock.sleep(STORE_CALL_LIMIT_MS, finished.signal).then(() => {
    throw new Error('the store did not answer in time')
  })
  try {
    return await Promise.race([call, limit])
  } finally {
    finished.abort()
  }
}
