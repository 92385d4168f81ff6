import { expect, test } from 'vitest'
import { CredentialError, isCredentialError } from '../src/errors.ts'
import { forTarget, storeSignIn } from '../src/token-credential.ts'

test('an error says whose it is, of which account, and what its code adds', () => {
  const error = new CredentialError('token_unavailable', 'later', { vendor: 'acme', account: 'ann', retryAt: 5 })
  expect(error).toBeInstanceOf(Error)
  expect({ ...error, message: error.message }).toEqual({
    name: 'CredentialError',
    code: 'token_unavailable',
    vendor: 'acme',
    account: 'ann',
    isRetryable: true,
    retryAt: 5,
    message: 'later',
  })
  expect(String(error)).toBe('CredentialError: later')
})

test('the account of an error is "default" where none is named, and a polluted prototype names none', () => {
  expect(new CredentialError('timeout', '', { vendor: 'acme' }).account).toBe('default')
  const init = Object.assign(Object.create({ account: 'eve' }) as object, { vendor: 'acme' })
  expect(new CredentialError('timeout', '', init).account).toBe('default')
})

test.each([
  ['token_unavailable', true],
  ['store_unavailable', true],
  ['timeout', true],
  ['not_signed_in', false],
  ['client_rejected', false],
] as const)('%s may pass by itself: %j', (code, isRetryable) => {
  const init = { vendor: 'acme', retryAt: 0, reason: '', since: 0 }
  expect(new CredentialError(code, '', init)).toMatchObject({ code, isRetryable })
})

test('an error is told by its code', () => {
  const error = new CredentialError('timeout', '', { vendor: 'acme' })
  expect([isCredentialError(error), isCredentialError(error, 'timeout')]).toEqual([true, true])
  expect(isCredentialError(error, 'not_a_jwt')).toBe(false)
})

test.each([
  [undefined],
  [null],
  ['CredentialError'],
  [7],
  [{}],
  [new Error('CredentialError')],
  [Object.assign(new Error('of another library'), { name: 'CredentialError', code: 'timeout' })],
  [() => {}],
])('nothing else is one: %j', (thrown) => {
  expect([isCredentialError(thrown), isCredentialError(thrown, 'timeout')]).toEqual([false, false])
})

test('only credentials of createTokenCredential have targets and take sign-ins', async () => {
  const other = { specVersion: 'v1' } as never
  const target = { target: 'api', grant: {} }
  expect(() => forTarget(other, target)).toThrow('forTarget takes a credential of createTokenCredential')
  await expect(storeSignIn(other, { accessToken: 'a' })).rejects.toThrow(
    'storeSignIn takes a credential of createTokenCredential',
  )
})
