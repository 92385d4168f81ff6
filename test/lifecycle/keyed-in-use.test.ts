import {
  type CredentialOptions,
  createTokenCredential,
  memoryStore,
  type TokenCredential,
  type TokenStore,
} from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test, vi } from 'vitest'

const HOUR_MS = 3_600_000
/** A refresh is due in the background, and the token is still used. */
const DUE_MS = HOUR_MS - 30_000

/** A grant that acquires by itself and names its secret, in a store that others share, with a token. */
async function setUp(options: CredentialOptions = {}) {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const state = { calls: 0, reads: 0, secret: 'a', wait: Promise.resolve() }
  const secrets = async () => {
    state.reads += 1
    return state.secret
  }
  const acquire = async () => {
    state.calls += 1
    const number = state.calls
    await state.wait
    return { accessToken: `token-${number}`, expiresIn: HOUR_MS / 1000 }
  }
  const connect = (): TokenCredential =>
    createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant: { acquire, secrets } },
      { clock, store: { ...store }, ...options },
    )
  const credential = connect()
  const use = async (of = credential) => {
    const { headers } = await of.authorization()
    await clock.advance(0)
    return headers.authorization
  }
  await use()
  return { clock, store, state, connect, credential, use }
}

async function textsIn(store: TokenStore): Promise<string[]> {
  const keys = await Array.fromAsync(store.list?.() ?? [])
  return Promise.all(keys.map(async (key) => (await store.get(key)).value ?? ''))
}

/** Until everything has ended that waits for no time: WebCrypto works in other threads. */
const settled = (isTrue: () => boolean) => vi.waitUntil(isTrue, { interval: 1 })

describe('a token of a grant that names its secrets', () => {
  test('is refreshed in the background while it is still used', async () => {
    const { clock, state, use } = await setUp()
    await clock.advance(DUE_MS)
    expect(await use()).toBe('Bearer token-1')
    await settled(() => state.calls === 2)
    expect(await use()).toBe('Bearer token-2')
    expect(state.calls).toBe(2)
  })

  test('is not refreshed in the background by another secret, which has another record', async () => {
    const { clock, state, store, use, connect } = await setUp()
    await clock.advance(DUE_MS)
    state.secret = 'b'
    const reads = state.reads
    expect(await use()).toBe('Bearer token-1')
    await settled(() => state.reads > reads)
    await clock.advance(20_000)
    expect(state.calls).toBe(1)
    await clock.advance(10_000)
    expect(await use()).toBe('Bearer token-2')
    expect((await textsIn(store)).filter((text) => text.includes('token-'))).toEqual([
      expect.stringContaining('token-1'),
      expect.stringContaining('token-2'),
    ])
    expect(await use(connect())).toBe('Bearer token-2')
  })

  test('costs one look at the secrets a second while a refresh is due', async () => {
    const { clock, state, use } = await setUp()
    await clock.advance(DUE_MS)
    state.wait = new Promise(() => {})
    const { reads } = state
    for (let time = 0; time < 10; time += 1) await use()
    expect(state.reads).toBe(reads + 1)
    await clock.advance(999)
    await use()
    expect(state.reads).toBe(reads + 1)
    await clock.advance(1)
    await use()
    expect(state.reads).toBe(reads + 2)
  })

  test('costs one look at the secrets a second for all who wait for the next one', async () => {
    const { clock, state, credential } = await setUp()
    await clock.advance(HOUR_MS)
    state.wait = new Promise(() => {})
    const { reads } = state
    const ask = () => void credential.getToken().catch(() => {})
    for (let time = 0; time < 10; time += 1) ask()
    await settled(() => state.calls === 2)
    await clock.advance(999)
    ask()
    expect(state.reads).toBe(reads + 1)
    await clock.advance(1)
    ask()
    expect(state.reads).toBe(reads + 2)
  })

  test('tells waitUntil of the background work: the look at the secrets, and the refresh', async () => {
    const works: Promise<unknown>[] = []
    const { clock, state, use } = await setUp({ waitUntil: (work) => void works.push(work) })
    await clock.advance(DUE_MS)
    works.length = 0
    await use()
    await settled(() => state.calls === 2)
    expect(works).toHaveLength(2)
  })

  test('is stored before the credential is closed', async () => {
    const { clock, state, credential, store } = await setUp()
    await clock.advance(HOUR_MS)
    let answer = () => {}
    state.wait = new Promise((resolve) => {
      answer = resolve
    })
    const waiting = credential.getToken()
    await settled(() => state.calls === 2)
    const order: string[] = []
    const closed = credential.close().then(() => order.push('closed'))
    await clock.advance(100)
    order.push('answered')
    answer()
    await waiting
    await closed
    expect(order).toEqual(['answered', 'closed'])
    expect((await textsIn(store)).filter((text) => text.includes('token-2'))).toHaveLength(1)
  })

  test('is shared with nobody on a page without WebCrypto, and kept', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
    const { state, connect, use } = await setUp()
    expect(await use()).toBe('Bearer token-1')
    const other = connect()
    expect(await use(other)).toBe('Bearer token-2')
    expect([await use(), await use(other)]).toEqual(['Bearer token-1', 'Bearer token-2'])
    expect(state.calls).toBe(2)
  })
})

describe('an API that refuses a token at one endpoint', () => {
  const [HERE, THERE] = ['https://api.acme.example/boats', 'https://api.acme.example/harbours']

  /** Whether a second refusal of the endpoint, of a new token, is taken as the endpoint's fault. */
  const isBlamed = async (answer: { readonly status: number; readonly url: string }) => {
    const { credential } = await setUp()
    const refused = await credential.authorization()
    const renewed = await credential.renew(refused, { sent: { url: HERE } })
    if (!renewed) return expect.fail('it should have been renewed')
    const view = { ...answer, header: () => null, json: async () => undefined }
    credential.accepted?.(renewed, view, { url: THERE })
    return (await credential.renew(renewed, { sent: { url: HERE } })) === undefined
  }

  test.each([
    ['accepts it at another one', { status: 200, url: THERE }],
    ['accepts it with any 2xx', { status: 299, url: THERE }],
    ['accepts it where the client does not say who answered', { status: 200, url: '' }],
  ])('keeps it, since the API %s', async (_, answer) => {
    expect(await isBlamed(answer)).toBe(true)
  })

  test.each([
    ['redirects', { status: 300, url: THERE }],
    ['knows no such thing', { status: 404, url: THERE }],
    ['informs only', { status: 199, url: THERE }],
    ['leads to another origin', { status: 200, url: 'https://elsewhere.example/harbours' }],
    ['answers from no URL', { status: 200, url: 'about:blank' }],
  ])('gets another one where another endpoint %s', async (_, answer) => {
    expect(await isBlamed(answer)).toBe(false)
  })
})
