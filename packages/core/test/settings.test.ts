import { describe, expect, test } from 'vitest'
import { IN_PROCESS, memoryStore } from '../src/store.ts'
import { systemClock } from '../src/time.ts'
import type { CredentialOptions, TokenCredentialDefinition } from '../src/token-credential.ts'
import { milliseconds, tokenSettings } from '../src/tokens/settings.ts'

const answer = async () => ({ accessToken: 'a' })
const definition: TokenCredentialDefinition = {
  vendor: 'acme',
  origins: ['https://api.acme.example'],
  identity: ['app', 'eu'],
  grant: { acquire: answer, secrets: async () => 's3cret' },
}
const store = memoryStore()
const clock = { ...systemClock, random: () => 0.25 }
const settings = (options: CredentialOptions = {}, change: Partial<TokenCredentialDefinition> = {}) =>
  tokenSettings({ ...definition, ...change }, { clock, ...options })

test('have defaults', () => {
  expect(settings()).toMatchObject({
    keyStart: ['vk1', 'acme', 'app', 'eu'],
    target: undefined,
    store: { [IN_PROCESS]: true },
    clock,
    windows: { refreshAheadMs: 60_000, expiryLeewayMs: 5_000, jitter: 0.25 },
    maxWaitMs: 60_000,
  })
  expect(settings().origins.covers('https://api.acme.example')).toBe(true)
  expect(tokenSettings(definition, {}).windows.jitter).toBeLessThan(1)
})

test('are those of the options', () => {
  const options = { store, refreshAheadMs: 0, expiryLeewayMs: 1, maxWaitMs: 2 }
  expect(settings(options)).toMatchObject({
    keyStart: ['vk1', 'acme', 'app', 'eu'],
    store,
    windows: { refreshAheadMs: 0, expiryLeewayMs: 1 },
    maxWaitMs: 2,
  })
})

describe('tokens are kept by the secrets', () => {
  test.each<[string, boolean, CredentialOptions, Partial<TokenCredentialDefinition>]>([
    ['where others may use the store', true, { store }, {}],
    ['where the program says so', true, { store, keyedBy: 'secrets' }, {}],
    ['but not where it says otherwise', false, { store, keyedBy: 'identity' }, {}],
    ['but not in memory', false, {}, {}],
    ['but not where a person signs in', false, { store }, { grant: { refresh: answer, secrets: async () => '' } }],
    ['but not where the grant names none', false, { store }, { grant: { acquire: answer } }],
  ])('%s: %j', (_, expected, options, change) => {
    expect(settings(options, change).isKeyedBySecrets).toBe(expected)
  })
})

test.each([0, 0.5, Number.MAX_VALUE])('%d is a time', (ms) => {
  expect(milliseconds('acme', 'maxWaitMs', ms)).toBe(ms)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5', undefined, null])('%j is no time', (ms) => {
  const message = '[acme] "timeoutMs" must be a number of milliseconds, 0 or more'
  expect(() => milliseconds('acme', 'timeoutMs', ms)).toThrow(message)
})

test.each<[string, object, object]>([
  ['[acme] "refreshAheadMs" must be a number of milliseconds, 0 or more', { refreshAheadMs: -1 }, {}],
  ['[acme] "expiryLeewayMs" must be a number of milliseconds, 0 or more', { expiryLeewayMs: -1 }, {}],
  ['[acme] "maxWaitMs" must be a number of milliseconds, 0 or more', { maxWaitMs: -1 }, {}],
  ['[acme] "store" must be a token store, such as memoryStore()', { store: { get: answer } }, {}],
  ['[acme] "store" must be a token store, such as memoryStore()', { store: { compareAndSet: answer } }, {}],
  ["[acme] \"keyedBy\" must be 'secrets' or 'identity'", { keyedBy: '' }, {}],
  ['[acme] "fetch" must be a function', { fetch: {} }, {}],
  ['[acme] "waitUntil" must be a function', { waitUntil: {} }, {}],
  ['[acme] "identity" must be an array of strings', {}, { identity: ['app', 7] }],
  ['[acme] "identity" must be an array of strings', {}, { identity: undefined }],
  ['[acme] "grant" must have "acquire", "refresh" or both', {}, { grant: {} }],
  ['[@valetkey/core] "vendor" is required', {}, { vendor: '' }],
])('%s', (message, options, change) => {
  expect(() => settings(options, change)).toThrow(message)
})
