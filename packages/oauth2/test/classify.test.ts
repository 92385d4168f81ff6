import { describe, expect, test } from 'vitest'
import { classify, oauthErrorCode } from '../src/classify.ts'

describe('what an answer without tokens means', () => {
  test.each([
    // [status, error, at the first sign-in, at a refresh]
    [400, 'invalid_grant', 'client_rejected', 'grant_dead'],
    [401, 'invalid_grant', 'client_rejected', 'grant_dead'],
    [200, 'invalid_grant', 'client_rejected', 'grant_dead'],
    [401, 'invalid_client', 'client_rejected', 'client_rejected'],
    [400, 'unauthorized_client', 'client_rejected', 'client_rejected'],
    [400, 'invalid_scope', 'client_rejected', 'client_rejected'],
    [400, 'invalid_request', 'client_rejected', 'client_rejected'],
    [400, 'unsupported_grant_type', 'client_rejected', 'client_rejected'],
    [400, 'invalid_target', 'client_rejected', 'client_rejected'],
    [403, 'access_denied', 'client_rejected', 'client_rejected'],
    [400, 'a_code_of_their_own', 'client_rejected', 'unavailable'],
    [200, 'a_code_of_their_own', 'client_rejected', 'unavailable'],
    [400, 'temporarily_unavailable', 'unavailable', 'unavailable'],
    [400, 'server_error', 'unavailable', 'unavailable'],
    [400, 'slow_down', 'unavailable', 'unavailable'],
    [400, undefined, 'unavailable', 'unavailable'],
    [401, undefined, 'unavailable', 'unavailable'],
    [404, undefined, 'unavailable', 'unavailable'],
    [429, undefined, 'unavailable', 'unavailable'],
    [429, 'invalid_grant', 'unavailable', 'unavailable'],
    [429, 'invalid_client', 'unavailable', 'unavailable'],
    [500, 'invalid_grant', 'unavailable', 'unavailable'],
    [503, 'invalid_client', 'unavailable', 'unavailable'],
    [302, 'invalid_grant', 'unavailable', 'unavailable'],
    [Number.NaN, 'invalid_grant', 'unavailable', 'unavailable'],
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
})
