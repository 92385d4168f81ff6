import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ApiKeyOptions, CredentialEvents } from '../src/index.ts'
import { createApiKeyCredential, isCredentialError } from '../src/index.ts'

const CANARY = 'canary-77ab'
const origins = ['https://api.acme.example']

function acme(options: Partial<ApiKeyOptions> = {}) {
  return createApiKeyCredential({ vendor: 'acme', origins, apiKey: CANARY, ...options })
}

/** A vault whose answers the test gives, and that counts how often it was asked. */
function vault() {
  const asked: ((answer: string | Error) => void)[] = []
  const apiKey = () =>
    new Promise<string>((resolve, reject) => {
      asked.push((answer) => (typeof answer === 'string' ? resolve(answer) : reject(answer)))
    })
  const answer = (text: string | Error) => asked.at(-1)?.(text)
  return { apiKey, answer, asked }
}

async function keyOf(authorization: unknown) {
  const { headers } = (await authorization) as { headers: Record<string, string> }
  return headers.authorization
}

function refusedEvents(credential: ReturnType<typeof acme>) {
  const events: CredentialEvents['refused'][] = []
  credential.on('refused', (event) => events.push(event))
  return events
}

test('a key that is a text is at hand at once, as a bearer token', () => {
  const credential = acme()
  expect(credential.authorization()).toMatchObject({ generation: 1, headers: { authorization: `Bearer ${CANARY}` } })
  expect(credential.carries).toEqual({ headers: ['authorization'], query: [] })
  expect(credential).toMatchObject({ specVersion: 'v1', vendor: 'acme', account: 'default' })
})

test('the key is sent to its origins only', () => {
  const credential = acme()
  const isSentTo = ['https://api.acme.example', 'https://acme.example'].map((origin) => credential.covers(origin))
  expect(isSentTo).toEqual([true, false])
})

test('a vendor places its key where it wants', () => {
  const credential = acme({ place: (key) => ({ headers: { 'X-API-Key': key }, query: { v: key } }) })
  expect(credential.authorization()).toMatchObject({ headers: { 'x-api-key': CANARY }, query: { v: CANARY } })
  expect(credential.carries).toEqual({ headers: ['x-api-key'], query: ['v'] })
})

describe('a key that is read from a vault', () => {
  test('is read when it is first needed, once for all who wait, and then is at hand', async () => {
    const { apiKey, answer, asked } = vault()
    const credential = acme({ apiKey })
    expect(asked).toHaveLength(0)
    const waiting = Array.from({ length: 1_000 }, () => keyOf(credential.authorization()))
    answer('k1')
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['Bearer k1']))
    expect(asked).toHaveLength(1)
    expect(credential.authorization()).toMatchObject({ generation: 1 })
  })

  test('is read again when it is refused, once for all who report it', async () => {
    const { apiKey, answer, asked } = vault()
    const credential = acme({ apiKey })
    const first = credential.authorization()
    answer('k1')
    const refused = await first
    const waiting = Array.from({ length: 1_000 }, () => credential.renew(refused))
    answer('k2')
    const renewed = await Promise.all(waiting)
    expect(new Set(renewed.map((it) => it?.generation))).toEqual(new Set([2]))
    expect(await keyOf(credential.authorization())).toBe('Bearer k2')
    expect(await keyOf(credential.renew(refused))).toBe('Bearer k2')
    expect(asked).toHaveLength(2)
  })

  test('that has not changed renews nothing', async () => {
    const { apiKey, answer } = vault()
    const credential = acme({ apiKey })
    const first = credential.authorization()
    answer('k1')
    const renewal = credential.renew(await first)
    answer('k1')
    expect(await renewal).toBeUndefined()
    expect(credential.authorization()).toBe(await first)
  })

  test('is no longer waited for by a caller who aborts, and is there for the others', async () => {
    const { apiKey, answer, asked } = vault()
    const credential = acme({ apiKey })
    const leaving = new AbortController()
    const left = credential.authorization({ signal: leaving.signal })
    const stayed = credential.authorization()
    leaving.abort(new Error('gone'))
    await expect(left).rejects.toThrow('gone')
    await expect(credential.authorization({ signal: leaving.signal })).rejects.toThrow('gone')
    answer('k1')
    expect(await keyOf(stayed)).toBe('Bearer k1')
    expect(asked).toHaveLength(1)
  })

  test('is asked for again after the vault failed, and the vault cannot leak it', async () => {
    const { apiKey, answer } = vault()
    const credential = acme({ apiKey, account: 'a-1' })
    const failing = Promise.resolve(credential.authorization()).catch((error: unknown) => error)
    answer(new Error(`cannot decode ${CANARY}`))
    const error = await failing
    expect(error).toMatchObject({ code: 'token_unavailable', isRetryable: true, vendor: 'acme', account: 'a-1' })
    expect(isCredentialError(error, 'token_unavailable') && error.retryAt).toBeLessThanOrEqual(Date.now())
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(CANARY)
    const second = credential.authorization()
    answer('k1')
    expect(await keyOf(second)).toBe('Bearer k1')
  })

  test.each([
    ['', 'must be a non-empty string, not an empty string'],
    [undefined as unknown as string, 'must be a non-empty string, not undefined'],
    ['two words', 'has a space, a line end or another character that no key has'],
    ['k\n', 'has a space, a line end or another character that no key has'],
  ])('S5: is refused if it is %j', async (text, message) => {
    const error = await acme({ apiKey: async () => text })
      .renew({ generation: 0, headers: {}, query: {} })
      .catch((it) => it)
    expect(error).toMatchObject({ code: 'invalid_option', option: 'apiKey', message: `[acme] "apiKey" ${message}` })
  })
})

describe('the event refused', () => {
  test('says api_key_refused when the key stays the same', async () => {
    const credential = acme()
    const events = refusedEvents(credential)
    credential.observe?.('refused', { generation: 1, status: 401 })
    expect(await credential.renew(await credential.authorization())).toBeUndefined()
    expect(events).toMatchObject([{ vendor: 'acme', generation: 1, status: 401, reason: 'api_key_refused' }])
  })

  test('has no reason when the vault has another key, which was read once', async () => {
    const { apiKey, answer, asked } = vault()
    const credential = acme({ apiKey })
    const events = refusedEvents(credential)
    const first = credential.authorization()
    answer('k1')
    const refused = await first
    credential.observe?.('refused', { generation: 1, status: 401 })
    const renewal = credential.renew(refused)
    answer('k2')
    await renewal
    expect(events).toMatchObject([{ generation: 1, reason: undefined }])
    expect(asked).toHaveLength(2)
  })

  test('tells a vault that failed from a key that was refused', async () => {
    const { apiKey, answer } = vault()
    const credential = acme({ apiKey })
    const events = refusedEvents(credential)
    const first = credential.authorization()
    answer('k1')
    const refused = await first
    credential.observe?.('refused', { generation: 1, status: 401 })
    const renewal = credential.renew(refused)
    answer(new Error('vault is sealed'))
    await expect(renewal).rejects.toThrow('"apiKey" could not be read')
    expect(events).toMatchObject([{ reason: 'api_key_unreadable' }])
  })
})

test('what became of a request is passed on, until the listener is removed', () => {
  const credential = acme({ account: 'a-1' })
  const events: unknown[] = []
  const stop = credential.on('replayed', (event) => events.push(event))
  credential.on('replay_skipped', (event) => events.push(event))
  credential.observe?.('replayed', { generation: 2, status: 200, accepted: true })
  credential.observe?.('replay_skipped', { generation: 2, status: 401, reason: 'not_replayable' })
  credential.on('scope_required', (event) => events.push(event))
  credential.observe?.('scope_required', { generation: 2, status: 403, scopes: ['read'] })
  stop()
  credential.observe?.('replayed', { generation: 2, status: 200, accepted: true })
  expect(events).toMatchObject([
    { account: 'a-1', generation: 2, status: 200, accepted: true },
    { account: 'a-1', status: 401, reason: 'not_replayable' },
    { account: 'a-1', generation: 2, status: 403, scopes: ['read'] },
  ])
})

test('what a client does not say of a request counts as not accepted, as no scope, and as unknown', () => {
  const credential = acme()
  const events: unknown[] = []
  credential.on('*', (name, detail) => events.push({ name, ...detail }))
  for (const event of ['replayed', 'scope_required', 'replay_skipped'] as const)
    credential.observe?.(event, { generation: 3, status: 401 })
  expect(events).toMatchObject([
    { name: 'replayed', generation: 3, accepted: false },
    { name: 'scope_required', generation: 3, scopes: [] },
    { name: 'replay_skipped', generation: 3, reason: 'unknown' },
  ])
})

describe('options', () => {
  test.each<[option: string, options: Partial<ApiKeyOptions>]>([
    ['apiKey', { apiKey: '' }],
    ['apiKey', { apiKey: undefined as unknown as string }],
    ['apiKey', { apiKey: 7 as unknown as string }],
    ['apiKey', { apiKey: `${CANARY}\r\nx: y` }],
    ['vendor', { vendor: '' }],
    ['origins', { origins: [] }],
    ['origins', { origins: ['https://api.acme.example/v1'] }],
    ['place', { place: () => ({ headers: { 'bad name': 'x' } }) }],
    [
      'place',
      {
        place: (key) => {
          throw new Error(key)
        },
      },
    ],
    ['carries', { carries: { headers: ['x-other'], query: [] } }],
  ])('a bad %s is refused where it is given, without showing the key', (option, options) => {
    let error: unknown
    try {
      acme(options)
    } catch (thrown) {
      error = thrown
    }
    expect(isCredentialError(error, 'invalid_option') && error.option).toBe(option)
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(CANARY)
  })

  test('S4: http is refused but for loopback hosts that are permitted', () => {
    const local = { origins: ['http://127.0.0.1:9'] }
    expect(() => acme(local)).toThrow(expect.objectContaining({ code: 'insecure_url' }))
    expect(acme({ ...local, allowInsecureRequests: true }).covers('http://127.0.0.1:9')).toBe(true)
  })

  test('a place is shown the key, where that is a text, or a sample', () => {
    const shown: string[] = []
    const place = (key: string) => ({ headers: { 'x-key': String(shown.push(key)) } })
    acme({ place })
    acme({ place, apiKey: async () => CANARY })
    expect([shown[0], shown.at(-1)]).toEqual([CANARY, 'sample'])
    expect(() => acme({ vendor: '' })).toThrow('[@valetkey/core] "vendor" is required')
  })

  test('a place that needs a real key can name what it sets', async () => {
    const place = (key: string) => ({
      headers: { 'x-id': key.split(':')[0] ?? '', 'x-key': key.split(':')[1] ?? fail() },
    })
    const apiKey = () => 'id:secret'
    expect(() => acme({ apiKey, place })).toThrow('"carries"')
    const credential = acme({ apiKey, place, carries: { headers: ['X-Id', 'X-Key'], query: [] } })
    expect(credential.carries.headers).toEqual(['x-id', 'x-key'])
    expect(await credential.authorization()).toMatchObject({ headers: { 'x-id': 'id', 'x-key': 'secret' } })
  })
})

test('S6: nothing that prints a credential shows its key', async () => {
  const credential = acme()
  const all = inspect(credential, { depth: 9, showHidden: true, getters: true }) + JSON.stringify(credential)
  expect(all + inspect(await credential.authorization(), { depth: 9, showHidden: true })).not.toContain(CANARY)
})

function fail(): never {
  throw new Error('a part is missing')
}
