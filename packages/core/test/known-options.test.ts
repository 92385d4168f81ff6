import { expect, test } from 'vitest'
import { createApiKeyCredential, createTokenCredential, isCredentialError, memoryStore } from '../src/index.ts'
import { assertKnownOptions, knownOptions, type OptionNames, pickOptions } from '../src/kit.ts'

interface Options {
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  readonly scopes?: readonly string[] | undefined
  readonly timeoutMs?: number | undefined
  readonly id?: string | undefined
}

const NAMES: OptionNames<Options> = { clientId: true, clientSecret: true, scopes: true, timeoutMs: true, id: true }

const vendor = 'acme'
const origins = ['https://api.acme.example']
const grant = { acquire: async () => ({ accessToken: 'token', expiresIn: 3600 }) }
const definition = { vendor, origins, identity: ['test'], grant }
const key = { vendor, origins, apiKey: 'key-1' }

/** As a program without types would call it. */
function call<Result>(factory: (...args: never[]) => Result, ...args: unknown[]): Result {
  return Reflect.apply(factory, undefined, args) as Result
}

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (isCredentialError(error, 'invalid_option')) return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

test.each([
  ['clientID', 'clientId'],
  ['client_id', 'clientId'],
  ['CLIENT-SECRET', 'clientSecret'],
  ['clientSecert', 'clientSecret'],
  ['scope', 'scopes'],
  ['timeout', 'timeoutMs'],
  ['clientid', 'clientId'],
  ['ID', 'id'],
])('"%s" is not an option: it may be meant for "%s"', (given, meant) => {
  expect(messageOf(() => call(knownOptions, vendor, { [given]: 1 }, NAMES))).toBe(
    `[acme] "${given}" is not an option: did you mean "${meant}"?`,
  )
})

test.each(['issuer', 'x', 'is', '0', '__proto', 'constructor', 'client'.repeat(50)])(
  '"%s" is near no option, so all of them are named',
  (given) => {
    expect(messageOf(() => call(knownOptions, vendor, { [given]: 1 }, NAMES))).toBe(
      `[acme] "${given}" is not an option; the options are clientId, clientSecret, id, scopes, timeoutMs`,
    )
  },
)

test('the error names the option, with the place where it stands, and not its value', () => {
  const wrong = () => call(assertKnownOptions, '@valetkey/acme', { secret: 'canary' }, NAMES, 'keys[0].')
  expect(wrong).toThrow(expect.objectContaining({ code: 'invalid_option', option: 'keys[0].secret', vendor }))
  expect(messageOf(wrong)).not.toContain('canary')
})

test('an option without a value is as unknown as one with a value', () => {
  expect(messageOf(() => call(knownOptions, vendor, { scope: undefined }, NAMES))).toContain('did you mean "scopes"?')
})

test('what options inherit is neither an option nor unknown', () => {
  expect(Object.keys(call(knownOptions, vendor, Object.create({ issuer: 1, clientId: 'a' }), NAMES))).toEqual([])
})

test('options are an object', () => {
  for (const wrong of ['secret', 7, true, () => {}])
    expect(messageOf(() => call(knownOptions, vendor, wrong, NAMES))).toBe(
      `[acme] "options" must be an object, not a ${typeof wrong}`,
    )
})

test('known options are copied, and inherit nothing', () => {
  const own = knownOptions(vendor, { clientId: 'a', scopes: undefined }, { ...NAMES })
  expect({ ...own }).toEqual({ clientId: 'a', scopes: undefined })
  for (const name of Reflect.ownKeys(Object.prototype)) expect(name in own).toBe(false)
})

test('of options those with the wanted names are picked, also without a value', () => {
  expect(pickOptions({ clientId: 'a', id: undefined, toString: 'b' }, { id: true, scopes: true })).toEqual({
    id: undefined,
  })
})

test.each<[name: string, make: () => unknown, message: string]>([
  [
    'memoryStore',
    () => call(memoryStore, { clok: 1 }),
    '[@valetkey/core] "clok" is not an option: did you mean "clock"?',
  ],
  [
    'createTokenCredential, in the definition',
    () => call(createTokenCredential, { ...definition, origin: origins }),
    '[acme] "origin" is not an option: did you mean "origins"?',
  ],
  [
    'createTokenCredential, in the options',
    () => call(createTokenCredential, definition, { refreshAhead: 1 }),
    '[acme] "refreshAhead" is not an option: did you mean "refreshAheadMs"?',
  ],
  [
    'createTokenCredential without a vendor',
    () => call(createTokenCredential, { ...definition, vendor: undefined, vendors: 'acme' }),
    '[@valetkey/core] "vendors" is not an option: did you mean "vendor"?',
  ],
  [
    'createApiKeyCredential',
    () => call(createApiKeyCredential, { ...key, apikey: 'key-2' }),
    '[acme] "apikey" is not an option: did you mean "apiKey"?',
  ],
  [
    'createApiKeyCredential, as one with tokens',
    () => call(createApiKeyCredential, { ...key, store: memoryStore() }),
    '[acme] "store" is not an option; the options are account, allowInsecureRequests, apiKey, carries, origins, place, refuses, vendor',
  ],
])('an unknown option is refused by %s', (_, make, message) => {
  expect(messageOf(make)).toBe(message)
})

test('an unknown option of a wait, and of close, is refused', async () => {
  const credential = createTokenCredential(definition)
  const wrong = { Signal: undefined }
  const told = '[acme] "Signal" is not an option: did you mean "signal"?'
  for (const name of ['getToken', 'claims', 'details'] as const)
    await expect(credential[name](wrong as never)).rejects.toThrow(told)
  expect(messageOf(() => credential.authorization(wrong as never))).toBe(told)
  expect(messageOf(() => createApiKeyCredential(key).authorization(wrong as never))).toBe(told)
  await expect(credential.close({ timeout: 1 } as never)).rejects.toThrow(
    '[acme] "timeout" is not an option: did you mean "timeoutMs"?',
  )
  expect(await credential.getToken({ signal: null })).toMatchObject({ tokenType: 'Bearer' })
})
