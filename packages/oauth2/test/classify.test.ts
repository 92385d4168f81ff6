import { describe, expect, test } from 'vitest'
import { classify, isStandardCode, oauthErrorCode } from '../src/wire/refusal.ts'

describe('what an answer without tokens means', () => {
  test.each([
    // [status, error, at the first sign-in, at a refresh]
    [400, 'invalid_grant', 'client_rejected', 'reauthorization_required'],
    [401, 'invalid_grant', 'client_rejected', 'reauthorization_required'],
    [200, 'invalid_grant', 'client_rejected', 'reauthorization_required'],
    [401, 'invalid_client', 'client_rejected', 'client_rejected'],
    [400, 'unauthorized_client', 'client_rejected', 'client_rejected'],
    [400, 'invalid_scope', 'client_rejected', 'client_rejected'],
    [400, 'invalid_request', 'client_rejected', 'client_rejected'],
    [400, 'unsupported_grant_type', 'client_rejected', 'client_rejected'],
    [400, 'invalid_target', 'client_rejected', 'client_rejected'],
    [403, 'access_denied', 'client_rejected', 'client_rejected'],
    [400, 'a_code_of_their_own', 'client_rejected', 'token_unavailable'],
    [200, 'a_code_of_their_own', 'client_rejected', 'token_unavailable'],
    [400, 'temporarily_unavailable', 'token_unavailable', 'token_unavailable'],
    [400, 'server_error', 'token_unavailable', 'token_unavailable'],
    [400, 'slow_down', 'token_unavailable', 'token_unavailable'],
    [400, undefined, 'token_unavailable', 'token_unavailable'],
    [401, undefined, 'token_unavailable', 'token_unavailable'],
    [404, undefined, 'token_unavailable', 'token_unavailable'],
    [429, undefined, 'token_unavailable', 'token_unavailable'],
    [429, 'invalid_grant', 'token_unavailable', 'token_unavailable'],
    [429, 'invalid_client', 'token_unavailable', 'token_unavailable'],
    [500, 'invalid_grant', 'token_unavailable', 'token_unavailable'],
    [503, 'invalid_client', 'token_unavailable', 'token_unavailable'],
    [300, 'invalid_grant', 'token_unavailable', 'token_unavailable'],
    [302, 'invalid_grant', 'token_unavailable', 'token_unavailable'],
    [103, 'invalid_grant', 'token_unavailable', 'token_unavailable'],
    [Number.NaN, 'invalid_grant', 'token_unavailable', 'token_unavailable'],
  ])('%d with %j', (status, error, atIssue, atRefresh) => {
    expect(classify('client_credentials', status, error)).toBe(atIssue)
    expect(classify('password', status, error)).toBe(atIssue)
    expect(classify('refresh_token', status, error)).toBe(atRefresh)
  })
})

describe('an OAuth error code', () => {
  test.each(['invalid_grant', 'E1001', 'urn:acme:error:locked'])('is %j', (code) => {
    expect(oauthErrorCode(code)).toBe(code)
  })

  test.each(['', 'Bad Request', 'x'.repeat(65), 'invalid\n', 'ошибка', 400, null, undefined, { error_code: 11 }])(
    'is not %j',
    (error) => {
      expect(oauthErrorCode(error)).toBeUndefined()
    },
  )

  test.each([
    ['invalid_grant', true],
    ['invalid_client', true],
    ['slow_down', true],
    ['E1001', false],
    [undefined, false],
  ])('%j is one of the standards: %j', (code, expected) => {
    expect(isStandardCode(code)).toBe(expected)
  })
})
