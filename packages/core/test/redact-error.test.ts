import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createAuthorization, redactError } from '../src/kit.ts'

test('an error and its causes lose the values of an authorization, and the tokens in them', () => {
  const placement = {
    headers: { authorization: 'Bearer canary-91d2', cookie: 'sid=canary-4f70' },
    query: { key: "b/c-canary'" },
  }
  const authorization = createAuthorization(placement, 1)
  const cause = Object.assign(new Error('no match for {"cookie":"sid=canary-4f70"}'), {
    path: '/v1?key=b%2Fc-canary%27',
  })
  const error = new Error('refused: canary-91d2', { cause })
  expect(redactError(error, authorization)).toBe(error)
  expect([error.message, cause.message, cause.path]).toEqual([
    'refused: ***',
    'no match for {"cookie":"***"}',
    '/v1?key=***',
  ])
  expect(`${error.stack}${cause.stack}`).not.toMatch(/canary/)
})

test('an error of another realm, as the platform’s are under Jest, loses them too, and its causes do', () => {
  const authorization = createAuthorization({ headers: { authorization: 'Bearer canary-91d2' } }, 1)
  const error = runInNewContext("new TypeError('refused: canary-91d2', { cause: new Error('because of canary-91d2') })")
  redactError(error, authorization)
  expect(error).not.toBeInstanceOf(Error)
  expect([error.message, error.cause.message]).toEqual(['refused: ***', 'because of ***'])
  expect(`${error.stack}${error.cause.stack}`).not.toMatch(/canary/)
})

test('an error without the secret is not touched, nor is one that cannot be changed', () => {
  const authorization = createAuthorization({ headers: { 'x-key': 'canary-91d2' } }, 1)
  const frozen = Object.freeze(new Error('refused: canary-91d2'))
  for (const error of [Object.freeze(new Error('late')), frozen, 'canary', undefined])
    expect(redactError(error, authorization)).toBe(error)
})

test('a text without a secret stays, and so does what is as short as a name', () => {
  const authorization = createAuthorization({ headers: { cookie: 'sid=canary-4f70' } }, 1)
  const error = Object.assign(new Error('no sid: canary-4f70'), { status: 401, path: '/sid' })
  redactError(error, authorization)
  expect(error).toMatchObject({ message: 'no sid: ***', status: 401, path: '/sid' })
  const { value: message, ...descriptor } = Object.getOwnPropertyDescriptor(error, 'message') ?? {}
  expect([message, descriptor]).toEqual(['no sid: ***', { configurable: true, writable: true, enumerable: false }])
})

test.each(['sid', 'a b'])('a value of three characters is no secret: %s', (value) => {
  const authorization = createAuthorization({ headers: { 'x-name': value } }, 1)
  expect(redactError(new Error(`of ${value}`), authorization)).toMatchObject({ message: `of ${value}` })
})

test('a message that is not enumerable loses the secret, and a cause that holds itself ends the search', () => {
  const authorization = createAuthorization({ headers: { 'x-key': 'canary-91d2' } }, 1)
  const error = new Error('canary-91d2')
  error.cause = error
  redactError(error, authorization)
  expect(error.message).toBe('***')
  expect(error.stack).not.toContain('canary')
})

test('five errors of a chain are searched', () => {
  const authorization = createAuthorization({ headers: { 'x-key': 'canary-91d2' } }, 1)
  const chain: Error[] = [new Error('canary-91d2')]
  while (chain.length < 6) chain.push(new Error('canary-91d2', { cause: chain.at(-1) }))
  redactError(chain.at(-1), authorization)
  expect(chain.map(({ message }) => message)).toEqual(['canary-91d2', '***', '***', '***', '***', '***'])
})
