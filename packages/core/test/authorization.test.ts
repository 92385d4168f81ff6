import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { describe, expect, test } from 'vitest'
import type { Placement } from '../src/index.ts'
import { createAuthorization } from '../src/kit.ts'
import { createAccessToken } from '../src/secrets.ts'

const CANARY = 'canary-5f1c'

const authorization = createAuthorization(
  { headers: { Authorization: `Bearer ${CANARY}` }, query: { api_key: CANARY } },
  3,
)
const token = createAccessToken({
  accessToken: CANARY,
  tokenType: 'Bearer',
  expiresAt: 1_700_000_000_000,
  scopes: ['read'],
})

function consoleTable(value: unknown): string {
  let printed = ''
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      printed += String(chunk)
      done()
    },
  })
  const console = new Console({ stdout })
  console.table(value)
  console.table([value])
  return printed
}

const printers: readonly [name: string, print: (value: unknown) => string][] = [
  ['inspect', (value) => inspect(value)],
  ['inspect depth 9', (value) => inspect({ a: [value] }, { depth: 9, showHidden: true, getters: true })],
  ['inspect without custom', (value) => inspect(value, { depth: 9, showHidden: true, customInspect: false })],
  ['inspect with getters', (value) => inspect(value, { showHidden: true, customInspect: false, getters: true })],
  ['JSON.stringify', (value) => JSON.stringify({ value })],
  ['structuredClone', (value) => inspect(structuredClone(value))],
  ['v8.serialize', (value) => serialize(value).toString('latin1')],
  ['spread', (value) => inspect({ ...(value as object) })],
  ['Object.entries', (value) => inspect(Object.entries(value as object))],
  ['String', (value) => String(value)],
  ['format', (value) => format('%s %o %O %j %d', value, value, value, value, value)],
  ['console.table', consoleTable],
]

describe.each([
  ['an authorization', authorization],
  ['an access token', token],
])('S6: the secret of %s', (_name, holder) => {
  test.each(printers)('does not show through %s', (_printer, print) => {
    expect(print(holder)).not.toContain(CANARY)
  })

  test('is not written by an assertion that compares it', () => {
    let message = 'equal'
    try {
      expect(holder).toEqual({ other: true })
    } catch (error) {
      message = inspect(error, { depth: 9 })
    }
    expect(message).not.toBe('equal')
    expect(message).not.toContain(CANARY)
  })
})

test('an authorization says which generation it is', () => {
  const name = '[Authorization generation 3]'
  expect([String(authorization as unknown), inspect(authorization), JSON.stringify(authorization)]).toEqual([
    name,
    name,
    `"${name}"`,
  ])
})

test('an authorization gives its names lower-cased and its values unchanged', () => {
  expect(authorization.headers).toEqual({ authorization: `Bearer ${CANARY}` })
  expect(authorization.query).toEqual({ api_key: CANARY })
  expect(authorization.generation).toBe(3)
})

test('nobody can change an authorization', () => {
  expect(Object.isFrozen(authorization.headers) && Object.isFrozen(authorization.query)).toBe(true)
  expect(() => Object.assign(authorization, { generation: 4 })).toThrow(TypeError)
})

test('a header called __proto__ stays a header', () => {
  const placement = JSON.parse('{"headers":{"__proto__":"x"}}') as Placement
  expect(Object.entries(createAuthorization(placement, 1).headers)).toEqual([['__proto__', 'x']])
})

test.each<[what: string, problem: string, placement: Placement]>([
  ['a carriage return', 'a header value with characters that cannot be sent', { headers: { 'x-key': `${CANARY}\r` } }],
  ['a line feed', 'a header value with characters that cannot be sent', { headers: { 'x-key': `${CANARY}\nx: y` } }],
  ['a NUL', 'a header value with characters that cannot be sent', { headers: { 'x-key': `${CANARY}\0` } }],
  ['a tab', 'a header value with characters that cannot be sent', { headers: { 'x-key': `${CANARY}\t` } }],
  [
    'a character above one byte',
    'a header value with characters that cannot be sent',
    { headers: { 'x-key': `${CANARY}Ċ` } },
  ],
  ['a megabyte', 'a header value longer than 16 KiB', { headers: { 'x-key': CANARY.repeat(100_000) } }],
  ['no string', 'a header value that is not a string', { headers: { 'x-key': [CANARY] as unknown as string } }],
  ['undefined', 'a header value that is not a string', { headers: { 'x-key': undefined as unknown as string } }],
  ['a bad header name', 'a header name that is not a valid token', { headers: { [`${CANARY} x`]: 'x' } }],
  ['an empty header name', 'a header name that is not a valid token', { headers: { '': CANARY } }],
  [
    'a line feed in a parameter',
    'a query value with characters that cannot be sent',
    { query: { api_key: `${CANARY}\n` } },
  ],
  [
    'half a surrogate pair',
    'a query value with characters that cannot be sent',
    { query: { api_key: `${CANARY}\ud800` } },
  ],
  [
    'a line feed in a parameter name',
    'a query name with characters that cannot be sent',
    { query: { 'a\nb': CANARY } },
  ],
  ['an empty parameter name', 'a query parameter without a name', { query: { '': CANARY } }],
  ['a flat object', '"x-api-key", which belongs into "headers" or "query"', flat({ 'x-api-key': CANARY })],
  ['a flat object named by the key', 'another member, which belongs into "headers" or "query"', flat({ [CANARY]: '' })],
  [
    'a Headers',
    '"headers" that is not an object of names and strings',
    flat({ headers: new Headers({ 'x-key': CANARY }) }),
  ],
  ['a list of headers', '"headers" that is not an object of names and strings', flat({ headers: [['x-key', CANARY]] })],
  ['a text of headers', '"headers" that is not an object of names and strings', flat({ headers: CANARY })],
  ['no headers', '"headers" that is not an object of names and strings', flat({ headers: null })],
  [
    'search parameters',
    '"query" that is not an object of names and strings',
    flat({ query: new URLSearchParams([['k', CANARY]]) }),
  ],
  ['a Map', '"query" that is not an object of names and strings', flat({ query: new Map([['k', CANARY]]) })],
])('S5: %s is refused without showing the value', (_what, problem, placement) => {
  let error: unknown
  try {
    createAuthorization(placement, 1, '@valetkey/acme')
  } catch (thrown) {
    error = thrown
  }
  expect(error).toMatchObject({
    code: 'invalid_option',
    vendor: 'acme',
    option: 'place',
    message: `[@valetkey/acme] "place" gave ${problem}`,
  })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(CANARY)
})

/** As programs without types give it. */
function flat(members: object): Placement {
  return members
}

test('a value of 16 KiB is placed', () => {
  const value = 'x'.repeat(16 * 1024)
  expect(createAuthorization({ headers: { 'x-key': value } }, 1).headers).toEqual({ 'x-key': value })
})

test('a placement that is none is of core, where nobody else is named', () => {
  expect(() => createAuthorization(undefined as never, 1)).toThrow(
    '[core] "place" must give "headers", "query" or both',
  )
})

test('an access token gives its parts to who reads them', () => {
  expect([token.accessToken, token.tokenType, token.expiresAt, token.scopes]).toEqual([
    CANARY,
    'Bearer',
    1_700_000_000_000,
    ['read'],
  ])
  expect(String(token as unknown)).toBe('[AccessToken Bearer]')
})

test('what an access token does not have is absent', () => {
  const bare = createAccessToken({ accessToken: CANARY, tokenType: 'Bearer', expiresAt: undefined, scopes: undefined })
  expect('expiresAt' in bare || 'scopes' in bare).toBe(false)
})
