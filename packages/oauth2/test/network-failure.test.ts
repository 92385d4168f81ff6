import { describe, expect, test } from 'vitest'
import { networkFailure } from '../src/wire/refusal.ts'

function fetchFailed(code: string): Error {
  const cause = Object.assign(new Error('canary: https://login.example.com/?client_secret=canary'), { code })
  return new TypeError('fetch failed', { cause })
}

describe('a request without an answer', () => {
  test.each([
    'ENOTFOUND',
    'EAI_AGAIN',
    'ECONNREFUSED',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'HOSTNAME_MISMATCH',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ])('was never sent: %s', (code) => {
    expect(networkFailure(fetchFailed(code))).toMatchObject({ kind: 'token_unavailable', sent: false })
  })

  test.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])(
    'may have been sent: %s',
    (code) => {
      expect(networkFailure(fetchFailed(code))).toMatchObject({ kind: 'token_unavailable', sent: true })
    },
  )

  test.each([
    new TypeError('Load failed'),
    new DOMException('The operation was aborted', 'AbortError'),
    'a text',
    undefined,
    Object.assign(new Error('strange'), { code: 'lower case canary' }),
  ])('may have been sent when nobody says why (%#)', (error) => {
    expect(networkFailure(error)).toEqual({
      kind: 'token_unavailable',
      sent: true,
      description: 'no answer from the authorization server',
    })
  })

  test('is described by its code alone', () => {
    expect(networkFailure(fetchFailed('ENOTFOUND')).description).toBe(
      'no answer from the authorization server (ENOTFOUND)',
    )
  })

  test('is read to the end of an error that is its own cause', () => {
    const error = new Error('circle')
    error.cause = error
    expect(networkFailure(error).sent).toBe(true)
  })
})
