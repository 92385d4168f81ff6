import { expect, test } from 'vitest'
import { createChooser } from '../src/http/choose.ts'
import { requestOptions } from '../src/http/request-options.ts'
import {
  createApiKeyCredential,
  createTokenCredential,
  isCredentialError,
  memoryStore,
  requireEnv,
} from '../src/index.ts'
import { keepWarm } from '../src/keep-warm.ts'
import { invalidOption, requireSecret, requireText } from '../src/kit.ts'

const SECRET = 'canary-7c1e'

/** The message without `[acme] `. */
function problemOf(misuse: () => unknown): string {
  try {
    misuse()
  } catch (error) {
    if (isCredentialError(error, 'invalid_option')) return error.message.replace(/^\[[^\]]+\] /, '')
    throw error
  }
  throw new Error('nothing was thrown')
}

class Secrets {
  readonly [SECRET] = SECRET
}

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  [SECRET, 'a string'],
  ['', 'an empty string'],
  [7, 'a number'],
  [-7, 'a negative number'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [true, 'a boolean'],
  [7n, 'a bigint'],
  [Symbol(SECRET), 'a symbol'],
  [[], 'an empty array'],
  [[SECRET, SECRET, SECRET], 'an array of 3'],
  [() => SECRET, 'a function'],
  [Promise.resolve(SECRET), 'a Promise (is an "await" missing?)'],
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
  [{ then: () => SECRET }, 'a Promise (is an "await" missing?)'],
  [{ [SECRET]: SECRET }, 'an object'],
  [Object.create(null), 'an object'],
  [{ constructor: SECRET }, 'an object'],
  [new (class {})(), 'an object'],
  [new Secrets(), 'a Secrets'],
  [new URL(`https://${SECRET}.example/`), 'a URL'],
  [new Map([[SECRET, SECRET]]), 'a Map'],
  [new Uint8Array(32), 'a Uint8Array'],
  [new Error(SECRET), 'an Error'],
])('%o is named by its shape', (wrong, shape) => {
  const { message } = invalidOption('acme', 'store', 'must be a token store', wrong)
  expect(message).toBe(`[acme] "store" must be a token store, not ${shape}`)
})

test('without a value the message has no shape', () => {
  expect(invalidOption('acme', 'store', 'is required').message).toBe('[acme] "store" is required')
})

const LIST = 'must be an array of origins, such as ["https://api.example.com"]'
const ORIGIN = 'must be an absolute https URL without user name and password'
const MS = 'must be a number of milliseconds, 0 or more'
const ONE_SOURCE = 'must be a credential, several, or a function that gives one'

const grant = { acquire: async () => ({ accessToken: SECRET, expiresIn: 3600 }) }
const tokens = (definition: object, options: object = {}) =>
  createTokenCredential(
    { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant, ...definition },
    options,
  )
const key = (options: object) =>
  createApiKeyCredential({ vendor: 'acme', origins: ['https://api.acme.example'], apiKey: SECRET, ...options })

test.each<[string, () => unknown]>([
  [`"origins" ${LIST}, not a string`, () => tokens({ origins: `https://${SECRET}.example` })],
  [`"origins" ${LIST}, not undefined`, () => tokens({ origins: undefined })],
  [`"origins" ${LIST}, not a URL`, () => key({ origins: new URL(`https://${SECRET}.example`) })],
  [`"origins" ${ORIGIN}, not a URL`, () => key({ origins: [new URL(`https://${SECRET}.example`)] })],
  [`"origins" ${ORIGIN}`, () => key({ origins: [SECRET] })],
  ['"identity" must be an array of strings, not a string', () => tokens({ identity: SECRET })],
  ['"fetch" must be a function, not a string', () => tokens({}, { fetch: SECRET })],
  ['"waitUntil" must be a function, not an object', () => tokens({}, { waitUntil: { secret: SECRET } })],
  [`"refreshAheadMs" ${MS}, not a string`, () => tokens({}, { refreshAheadMs: SECRET })],
  [`"expiryLeewayMs" ${MS}, not a negative number`, () => tokens({}, { expiryLeewayMs: -1 })],
  [`"maxWaitMs" ${MS}, not NaN`, () => tokens({}, { maxWaitMs: Number.NaN })],
  [
    '"store" must be a token store, such as memoryStore(), not a Promise (is an "await" missing?)',
    () => tokens({}, { store: Promise.resolve(memoryStore()) }),
  ],
  [
    '"store" must be a token store, such as memoryStore(), not a Map',
    () => tokens({}, { store: new Map([[SECRET, SECRET]]) }),
  ],
  [
    '"account" must be a non-empty string (leave it out for "default"), not undefined',
    () => key({ account: undefined }),
  ],
  [
    '"account" must be a non-empty string (leave it out for "default"), not an empty string',
    () => key({ account: '' }),
  ],
  ['"apiKey" must be a string, not an array of 1', () => key({ apiKey: [SECRET] })],
  ['"apiKey" must be a string, not a Promise (is an "await" missing?)', () => key({ apiKey: Promise.resolve(SECRET) })],
  ['"listener" must be a function, not a string', () => key({}).on('refused', SECRET as never)],
  ['"clientId" must be a string, not a number', () => requireText('acme', { clientId: 7 }, ['clientId'])],
  ['"password" must be a string, not an object', () => requireSecret('acme', { password: { SECRET } }, ['password'])],
  ['"TOKEN" must be a string, not an object', () => requireEnv({ TOKEN: { get: SECRET } }, 'TOKEN')],
  [`"source" ${ONE_SOURCE}, not a string`, () => createChooser(SECRET as never)],
  [`"source" ${ONE_SOURCE}, not undefined`, () => createChooser(undefined as never)],
  [
    `"source" ${ONE_SOURCE}, not a Promise (is an "await" missing?)`,
    () => createChooser(Promise.resolve(key({})) as never),
  ],
  ['"onUncovered" must be a function, not a string', () => createChooser(key({}), { onUncovered: SECRET } as never)],
  ['"valetkey" must be an object with credential, replay, optional, not a string', () => requestOptions(SECRET)],
  ['"valetkey.replay" must be true or false, not a string', () => requestOptions({ replay: SECRET })],
  ['"valetkey.credential" must be a credential or false, not a string', () => requestOptions({ credential: SECRET })],
  [`"everyMs" ${MS}, not a string`, () => keepWarm(tokens({}), { everyMs: SECRET as never })],
])('%s', (message, misuse) => {
  expect(problemOf(misuse)).toBe(message)
  expect(message).not.toContain(SECRET)
})
