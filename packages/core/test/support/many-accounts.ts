import { deepEqual, ok } from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { queryObjects } from 'node:v8'
import { createTokenCredential, memoryStore, type TokenCredential, type TokenStore } from '../../src/index.ts'

/** As in the source: so many accounts are kept that no credential holds. */
const KEPT_LIMIT = 5_000

/** Whoever made a token can be counted in the heap. */
class Scopes extends Array<string> {}

/** A vendor whose tokens are countable while a process remembers them. The store holds text, and no object. */
function setUp() {
  const inner = memoryStore()
  const reads: string[] = []
  const store: TokenStore = {
    specVersion: 'v1',
    get: (key) => {
      reads.push(key)
      return inner.get(key)
    },
    compareAndSet: inner.compareAndSet,
  }
  const calls: string[] = []
  let gate: Promise<void> | undefined
  const acquire = async ({ account }: { account: string }) => {
    calls.push(account)
    await gate
    return { accessToken: `token-of-${account}`, expiresIn: 3600, scopes: new Scopes('read') }
  }
  const make = (account: string): TokenCredential =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['many'], grant: { acquire } },
      { store, account, keyedBy: 'identity' },
    )
  const use = async (count: number, name: string): Promise<void> => {
    for (let number = 0; number < count; number += 1) await make(`${name}-${number}`).getToken()
  }
  const hold = (): (() => void) => {
    let open: () => void = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    return () => {
      gate = undefined
      open()
    }
  }
  return { make, use, reads, calls, hold }
}

async function remembered(): Promise<number> {
  await setImmediate()
  return queryObjects(Scopes, { format: 'count' })
}

/** Collects garbage until no more than `limit` accounts are remembered, or many collections have not helped. */
async function rememberedAtMost(limit: number): Promise<number> {
  let count = await remembered()
  for (let round = 0; round < 50 && count > limit; round += 1) count = await remembered()
  return count
}

/** A process of its own for each: the heap is counted, and large. */
const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  'remembers the latest 5,000 accounts, however many there are': async () => {
    const { use } = setUp()
    const before = await remembered()
    await use(2 * KEPT_LIMIT, 'user')
    // The prototype of the class counts as one.
    ok((await rememberedAtMost(before + KEPT_LIMIT + 1)) <= before + KEPT_LIMIT + 1)
    ok((await remembered()) >= KEPT_LIMIT)
  },

  'a forgotten account costs one read of the store, and no token call': async () => {
    const { make, use, reads, calls } = setUp()
    await use(KEPT_LIMIT + 1, 'user')
    await rememberedAtMost(KEPT_LIMIT + 1)
    calls.length = 0
    reads.length = 0
    deepEqual((await make(`user-${KEPT_LIMIT}`).getToken()).accessToken, `token-of-user-${KEPT_LIMIT}`)
    deepEqual([reads.length, calls.length], [0, 0])
    deepEqual((await make('user-0').getToken()).accessToken, 'token-of-user-0')
    deepEqual([reads.length, calls.length], [1, 0])
  },

  'an account in use takes less than 6 kB of memory': async () => {
    const { make } = setUp()
    const held: TokenCredential[] = []
    const use = async (count: number, name: string): Promise<number> => {
      for (let number = 0; number < count; number += 1) {
        const credential = make(`${name}-${number}`)
        await credential.authorization()
        held.push(credential)
      }
      // Collects garbage first.
      for (let round = 0; round < 5; round += 1) await remembered()
      return process.memoryUsage().heapUsed
    }
    const before = await use(500, 'first')
    const bytes = (await use(4_000, 'user')) - before
    ok(bytes / 4_000 < 6_000, `${Math.round(bytes / 4_000)} bytes an account`)
    deepEqual(held.length, 4_500)
  },

  'an account that a credential holds, or whose token is being acquired, is the same for whoever asks for it':
    async () => {
      const { make, reads, calls, hold } = setUp()
      const held = make('held')
      await held.getToken()
      const release = hold()
      await leaveDuring(
        () => make('working'),
        () => calls.includes('working'),
      )
      for (let number = 0; number <= KEPT_LIMIT; number += 1) make(`other-${number}`)
      for (let round = 0; round < 5; round += 1) await remembered()
      reads.length = 0
      const token = make('working').getToken()
      release()
      deepEqual((await token).accessToken, 'token-of-working')
      deepEqual((await make('held').getToken()).accessToken, 'token-of-held')
      deepEqual([reads, calls], [[], ['held', 'working']])
      deepEqual((await held.getToken()).accessToken, 'token-of-held')
    },
}

/** The only caller leaves once the token is asked for; nobody holds the credential then, no variable of the test either. */
async function leaveDuring(make: () => TokenCredential, isAsked: () => boolean): Promise<void> {
  const leaving = new AbortController()
  const left = make()
    .getToken({ signal: leaving.signal })
    .catch(() => {})
  while (!isAsked()) await setImmediate()
  leaving.abort()
  await left
}

const [scenario = ''] = process.argv.slice(2)
await SCENARIOS[scenario]?.()
console.log(`done: ${scenario}`)
