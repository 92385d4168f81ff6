import { expect, test } from 'vitest'
import { refusesByDefault } from '../src/index.ts'

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
  'Negotiate YWJj==',
])('C11: a 401 with challenge %j is a refusal', (challenge) => {
  expect(refusesByDefault(answer(401, challenge))).toBe(true)
})

test.each([
  'Bearer error="insufficient_scope"',
  'Bearer realm="a, b", error="insufficient_scope", scope="read"',
  'bearer ERROR = "insufficient_scope"',
  'Bearer error=insufficient_scope',
  'Basic realm="x", Bearer error="insufficient_scope"',
  'Bearer realm="a \\" b",error="insufficient_scope"',
  'Negotiate YWJj==, Bearer error="insufficient_scope"',
])('C11: a 401 with challenge %j is a permission problem that no new token solves', (challenge) => {
  expect(refusesByDefault(answer(401, challenge))).toBe(false)
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
