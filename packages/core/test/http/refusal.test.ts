import { expect, test } from 'vitest'
import { guardRefuses, requiredScopes } from '../../src/http/refusal.ts'
import { createAuthorization, refusesByDefault } from '../../src/kit.ts'

function answer(status: number, challenge: string | null) {
  return {
    status,
    url: '',
    header: (name: string) => (name === 'www-authenticate' ? challenge : null),
    json: async () => ({}),
  }
}

test.each([200, 204, 400, 402, 403, 404, 407, 419, 500])('C11: status %i is no refusal', (status) => {
  expect(refusesByDefault(answer(status, 'Bearer error="invalid_token"'))).toBe(false)
})

test.each([
  null,
  '',
  'Bearer',
  'Bearer realm="api", error="invalid_token", error_description="expired"',
  'Bearer realm="error=\\"insufficient_scope\\""',
  'Bearer realm="insufficient_scope"',
  'Bearer x_error="insufficient_scope"',
  'Bearer error="insufficient_scope_of_something"',
  'Bearer error = ',
  'Bearer error="',
  'Bearer realm="\\", error="insufficient_scope"',
  'Bearer realm="\\", error=\\"insufficient_scope"',
  'Bearer realm="a\\\\", x="\\", error=\\"insufficient_scope"',
  'Negotiate YWJj==',
])('C11: a 401 with challenge %j is a refusal', (challenge) => {
  expect(refusesByDefault(answer(401, challenge))).toBe(true)
})

test.each([
  'Bearer error="insufficient_scope"',
  'Bearer realm="a, b", error="insufficient_scope", scope="read"',
  'bearer ERROR = "insufficient_scope"',
  'Bearer error=insufficient_scope',
  'Bearer error\t=\t"insufficient_scope"',
  'Basic realm="x", Bearer error="insufficient_scope"',
  'Bearer realm="a \\" b",error="insufficient_scope"',
  'Negotiate YWJj==, Bearer error="insufficient_scope"',
])('C11: a 401 with challenge %j is a permission problem that no new token solves', (challenge) => {
  expect(refusesByDefault(answer(401, challenge))).toBe(false)
})

const TOKEN = 'canary-token-of-24-chars'
const carried = createAuthorization({ headers: { authorization: `Bearer ${TOKEN}`, 'x-tenant': 'boats' } }, 1)
const METADATA = 'https://api.example.com/.well-known/oauth-protected-resource'

test.each([
  ['Bearer error="insufficient_scope"', { scopes: [] }],
  ['Bearer error="insufficient_scope", scope="read write  read"', { scopes: ['read', 'write'] }],
  ['bearer Error=insufficient_scope,SCOPE=read', { scopes: ['read'] }],
  ['DPoP scope="a", Bearer error="insufficient_scope", scope="b"', { scopes: ['b'] }],
  ['Bearer error="insufficient_scope", scope="b", DPoP scope="a"', { scopes: ['b'] }],
  ['Bearer error="insufficient_scope", scope="first", scope="second"', { scopes: ['first'] }],
  ['Bearer error="insufficient_scope", scope="boats.read"', { scopes: ['boats.read'] }],
  [`Bearer resource_metadata="${METADATA}"`, { scopes: [], resourceMetadata: METADATA }],
  [`Bearer resource_metadata="${METADATA}", scope="read"`, { scopes: ['read'], resourceMetadata: METADATA }],
  ['Bearer resource_metadata="https:\\/\\/a.example\\/m"', { scopes: [], resourceMetadata: 'https://a.example/m' }],
  ['Bearer resource_metadata="javascript:alert(1)"', { scopes: [] }],
  ['Bearer resource_metadata="https://user:word@a.example/"', { scopes: [] }],
  [`Bearer error="insufficient_scope", scope="read ${TOKEN} x-${TOKEN} \\"q \u00fc"`, { scopes: ['read'] }],
  [`Bearer resource_metadata="https://a.example/?t=${TOKEN}"`, { scopes: [] }],
])('a 401 and a 403 with challenge %j ask for scopes', (challenge, required) => {
  expect([401, 403].map((status) => requiredScopes(answer(status, challenge), carried))).toEqual([required, required])
})

test.each([
  [401, null],
  [401, 'Bearer error="invalid_token", scope="read"'],
  [403, 'Bearer realm="scope=read"'],
  [400, 'Bearer error="insufficient_scope"'],
  [200, `Bearer resource_metadata="${METADATA}"`],
])('status %i with challenge %j asks for no scope', (status, challenge) => {
  expect(requiredScopes(answer(status, challenge), carried)).toBeUndefined()
})

test.each([
  ['commas', 'a,a,'],
  ['quotes', '"'],
  ['spaces', ' '],
  ['a name and spaces', `a${' '.repeat(50_000)}`],
  ['equals', 'a='],
  ['open quotes', 'a="'],
  ['backslashes', '\\'],
  ['spaced equals', 'a = '],
])('S18: reading 100 KB of %s takes steps in proportion to its length', (_what, piece) => {
  const text = piece.repeat(Math.ceil(100_000 / piece.length))
  expect(stepsToRead(text)).toBeLessThan(text.length * 8)
})

test.each([
  ['true', () => true, true],
  ['false', () => false, false],
  ['a promise', async () => true, true],
  ['a promise of what is no boolean', async () => 'yes' as never, true],
])('a vendor’s word is taken that is %s', async (_what, refuses, expected) => {
  expect(await guardRefuses('acme', refuses)(answer(200, null))).toBe(expected)
})

test('a vendor that throws, or rejects, is told apart from one that refuses', async () => {
  const message = '[acme] "refuses" threw an error'
  const throws = () => {
    throw new Error('canary')
  }
  expect(() => guardRefuses('acme', throws)(answer(200, null))).toThrow(message)
  await expect(guardRefuses('acme', async () => throws())(answer(200, null))).rejects.toThrow(message)
})

/** Counts the characters that are looked at. */
function stepsToRead(text: string): number {
  let steps = 0
  const counted: unknown = new Proxy(Object(text) as object, {
    get(target, name) {
      const looksAtOne = name === 'charAt' || (typeof name === 'string' && /^\d+$/.test(name))
      steps += looksAtOne ? 1 : 0
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(text) : member
    },
  })
  refusesByDefault(answer(401, counted as string))
  return steps
}
