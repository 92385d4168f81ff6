import { expect, test } from 'vitest'
import { createChooser } from '../src/http/choose.ts'
import {
  type CredentialError,
  createApiKeyCredential,
  createTokenCredential,
  isCredentialError,
  memoryStore,
  type Placement,
  type TokenStore,
} from '../src/index.ts'
import { requireText, systemClock, vendorOf } from '../src/kit.ts'

const SECRET = 'canary-31fe'
const vendor = 'acme'
const origins = ['https://api.acme.example']

function thrownBy(misuse: () => unknown): CredentialError {
  try {
    misuse()
  } catch (error) {
    if (isCredentialError(error, 'invalid_option')) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

function tokens(definition: object = {}, options: object = {}) {
  const grant = { acquire: async () => ({ accessToken: SECRET, expiresIn: 3600 }) }
  return createTokenCredential({ vendor, origins, identity: ['test'], grant, ...definition }, options)
}

test.each<[string, unknown]>([
  ['an object that is no credential', {}],
  ['a token in place of a credential', SECRET],
  ['a store', memoryStore()],
  ['a promise of a credential', Promise.resolve(tokens())],
  ['a list with a gap', [tokens(), undefined]],
])('%s is no source', (_, source) => {
  const { message } = thrownBy(() => createChooser(source as never))
  expect(message).toMatch(
    /^\[@valetkey\/core\] "source" must be a credential, several, or a function that gives one, not (a|an|undefined)\b/,
  )
  expect(message).not.toContain(SECRET)
})

test.each<[string, unknown]>([
  ['a promise', Promise.resolve(tokens())],
  ['a list', [tokens()]],
  ['a text', SECRET],
])('a source function that gives %s is an invalid option, not a request without credential', (_, chosen) => {
  const choose = createChooser(() => chosen as never)
  expect(thrownBy(() => choose({ url: 'https://api.acme.example/' })).message).toContain(
    '"source" must be a credential',
  )
})

test.each<[string, string, object, object]>([
  ['vendor', 'is required', { vendor: undefined }, {}],
  ['identity', 'must be an array of strings', { identity: 'test' }, {}],
  ['identity', 'must be an array of strings', { identity: ['test', undefined] }, {}],
  ['grant', 'must have "acquire", "refresh" or both', { grant: undefined }, {}],
  ['grant', 'must have "acquire", "refresh" or both', { grant: { acquire: SECRET } }, {}],
  ['carries', 'must have "headers" and "query"', { carries: { headers: ['x-key'] } }, {}],
  ['fetch', 'must be a function', {}, { fetch: {} }],
  ['waitUntil', 'must be a function', {}, { waitUntil: true }],
])('"%s" %s', (option, problem, definition, options) => {
  const { message } = thrownBy(() => tokens(definition, options))
  expect(message).toContain(`"${option}" ${problem}`)
  expect(message).not.toContain(SECRET)
})

test('a definition that is missing is an invalid option', () => {
  expect(thrownBy(() => createTokenCredential(undefined as never)).message).toContain('"vendor" is required')
})

test('a "place" that forgets to return is an invalid option', () => {
  const place = () => undefined as never
  const misuse = () => createApiKeyCredential({ vendor, origins, apiKey: SECRET, place })
  expect(thrownBy(misuse).message).toBe('[acme] "place" must give "headers", "query" or both')
})

test.each([
  [{ headers: { 'x-key': SECRET, 'x-more': '1' } }],
  [{ headers: { 'x-key': SECRET }, query: { key: SECRET, more: '1' } }],
])('what a "place" sets beside that which "carries" names is refused', async (placement) => {
  const carries = { headers: ['x-key'], query: ['key'] }
  const place = () => placement as Placement
  expect(thrownBy(() => createApiKeyCredential({ vendor, origins, apiKey: SECRET, place, carries })).message).toBe(
    '[acme] "carries" must name every header and query parameter that "place" sets',
  )
})

test('an option that is null is called null', () => {
  const { message } = thrownBy(() => requireText('acme', { clientId: null }, ['clientId']))
  expect(message).toBe('[acme] "clientId" must be a string, not null')
})

test.each<[unknown, string]>([
  [undefined, 'is required: pass an options object'],
  [null, 'is required: pass an options object'],
  ['options', 'is required: pass an options object'],
  [{}, 'is required'],
  [{ clientId: undefined }, 'is required'],
  [{ clientId: '' }, 'is required'],
  [{ clientId: 7 }, 'must be a string, not a number'],
  [{ clientId: {} }, 'must be a string, not an object'],
])('a text that is missing is named: %j', (options, problem) => {
  const error = thrownBy(() => requireText('acme', options as object, ['clientId']))
  expect(error).toMatchObject({ message: `[acme] "clientId" ${problem}`, option: 'clientId' })
})

test.each([
  ['@valetkey/acme', 'acme'],
  ['valetkey-acme', 'acme'],
  ['acme', 'acme'],
  ['my-valetkey-acme', 'my-valetkey-acme'],
  ['my@valetkey/acme', 'my@valetkey/acme'],
])('the vendor of the package %s is %s', (packageName, name) => {
  expect(vendorOf(packageName)).toBe(name)
})

test.each<[string, Partial<TokenStore>]>([
  ['get', { get: async () => undefined as never }],
  ['get', { get: async () => ({}) as never }],
  ['compareAndSet', { compareAndSet: async () => undefined as never }],
  ['compareAndSet', { compareAndSet: async () => true as never }],
  ['compareAndSet', { compareAndSet: async () => ({ ok: true }) as never }],
])('a store whose %s answers something else is named in the error', async (method, broken) => {
  // Half a minute passes at once.
  let now = 0
  const clock = {
    ...systemClock,
    monotonic: () => now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await systemClock.sleep(Math.min(ms, ms < 5_000 ? 1 : 2 ** 30), signal)
      now += ms
    },
  }
  const store = { ...memoryStore(), ...broken }
  const refresh = async () => ({ accessToken: SECRET })
  const credential = tokens({ grant: { acquire: refresh, refresh } }, { store, clock })
  const error: unknown = await credential.getToken().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining(`${method}()`) })
})

test('a listener that fails later disturbs nothing', async () => {
  const failures: unknown[] = []
  const onFailure = (reason: unknown) => failures.push(reason)
  process.on('unhandledRejection', onFailure)
  const credential = tokens()
  credential.on('acquired', () => Promise.reject(new Error('the metrics are down')) as never)
  await credential.getToken()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', onFailure)
  expect(failures).toEqual([])
})

test('times are whole milliseconds', async () => {
  let monotonic = 0
  const clock = { ...systemClock, now: () => 1_795_000_000_000, monotonic: () => (monotonic += 0.3) }
  const credential = tokens({}, { clock, store: memoryStore({ clock }) })
  await credential.getToken()
  const status = await credential.status()
  expect(status.state === 'ready' && Number.isInteger(status.expiresAt)).toBe(true)
})

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['', 'an empty string'],
  [7, 'a number'],
])('an account that is %j is an error, never the account "default"', (account, shape) => {
  const message = `must be a non-empty string (leave it out for "default"), not ${shape}`
  const key = { vendor, origins, apiKey: SECRET }
  expect(thrownBy(() => tokens({}, { account })).message).toBe(`[acme] "account" ${message}`)
  expect(thrownBy(() => createApiKeyCredential({ ...key, account } as never)).message).toBe(
    `[acme] "account" ${message}`,
  )
})

test('tokens are kept by secrets or by identity, and by nothing else', () => {
  expect(thrownBy(() => tokens({}, { keyedBy: 'nobody' })).message).toContain(
    `"keyedBy" must be 'secrets' or 'identity'`,
  )
})
