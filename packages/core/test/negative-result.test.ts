import { expect, test } from 'vitest'
import { type NegativeResult, negativeError } from '../src/tokens/memory.ts'

const RETRY_AT = Date.UTC(2026, 10, 22, 12)
const refused = 'the vendor refuses the configured client or sign-in'

test.each<[NegativeResult, string, string, object]>([
  [{ type: 'not_signed_in' }, 'not_signed_in', 'no user has signed in; sign in first', {}],
  [{ type: 'signed_out' }, 'not_signed_in', 'signed out while the token was being obtained', {}],
  [
    { type: 'reauthorization_required', reason: 'invalid_grant', since: 7 },
    'reauthorization_required',
    'the grant is no longer usable (invalid_grant); sign in again',
    { reason: 'invalid_grant', since: 7 },
  ],
  [
    { type: 'client_rejected', rejection: { oauthError: 'invalid_client', description: 'unknown' } },
    'client_rejected',
    `${refused} (invalid_client: unknown); check its id, secret and password`,
    { oauthError: 'invalid_client', description: 'unknown' },
  ],
  [
    { type: 'client_rejected', rejection: { oauthError: 'invalid_client', status: 401 } },
    'client_rejected',
    `${refused} (status 401, invalid_client); check its id, secret and password`,
    { oauthError: 'invalid_client', status: 401 },
  ],
  [
    { type: 'client_rejected', rejection: { status: 401 } },
    'client_rejected',
    `${refused} (status 401); check its id, secret and password`,
    { status: 401 },
  ],
  [
    { type: 'client_rejected', rejection: {} },
    'client_rejected',
    `${refused} (status unknown); check its id, secret and password`,
    {},
  ],
  [
    { type: 'token_unavailable', retryAt: RETRY_AT, status: 503, reason: 'status 503' },
    'token_unavailable',
    'the token endpoint cannot be used now (status 503); try again after 2026-11-22T12:00:00.000Z',
    { retryAt: RETRY_AT, status: 503 },
  ],
  [
    {
      type: 'token_unavailable',
      retryAt: RETRY_AT,
      status: 503,
      oauthError: 'temporarily_unavailable',
      description: 'Back at noon.',
      reason: 'temporarily_unavailable',
    },
    'token_unavailable',
    'the token endpoint cannot be used now (status 503, temporarily_unavailable: Back at noon.); try again after 2026-11-22T12:00:00.000Z',
    { retryAt: RETRY_AT, status: 503, oauthError: 'temporarily_unavailable', description: 'Back at noon.' },
  ],
  [
    { type: 'store_unavailable', reason: 'it is locked' },
    'store_unavailable',
    'the token store cannot be used and no valid token is in memory (it is locked)',
    {},
  ],
  [
    { type: 'store_unavailable' },
    'store_unavailable',
    'the token store cannot be used and no valid token is in memory (no answer)',
    {},
  ],
  [
    { type: 'record_unreadable', reason: 'tokens.json is empty' },
    'record_unreadable',
    'the stored record cannot be read (tokens.json is empty)',
    {},
  ],
  [{ type: 'record_unreadable' }, 'record_unreadable', 'the stored record cannot be read (it was left as it is)', {}],
  [{ type: 'timeout' }, 'timeout', 'no token within "maxWaitMs"', {}],
  [{ type: 'nothing' }, 'timeout', 'no token within "maxWaitMs"', {}],
])('%j is an error in these words', (result, code, words, details) => {
  for (const [account, name] of [
    ['default', 'acme'],
    ['ida', 'acme (ida)'],
  ] as const) {
    const error = negativeError(result, { vendor: 'acme', account })
    expect(error).toMatchObject({ code, vendor: 'acme', account, message: `${name}: ${words}`, ...details })
  }
})
