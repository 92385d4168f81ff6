import { describe, expect, test } from 'vitest'
import { CredentialError } from '../src/errors.ts'
import { type CredentialStatus, createTokenCredential, memoryStore, type TokenGrant } from '../src/index.ts'
import { type Clock, systemClock } from '../src/time.ts'
import { type GrantRecord, serializeRecord } from '../src/tokens/record.ts'
import { FRESH, KEY, NOW, recordOf, tokensWith } from './refresh/flight.ts'

const clock: Clock = { ...systemClock, now: () => NOW, monotonic: () => 0 }
const answer = async () => ({ accessToken: 'a' })

/** The status of a credential whose store, with a clock that is so much ahead, holds this record. */
async function statusOf(record: GrantRecord | undefined, canAcquire = false, aheadMs = 0): Promise<CredentialStatus> {
  const inner = memoryStore({ clock })
  if (record) await inner.compareAndSet(KEY, undefined, serializeRecord(record))
  const store = { ...inner, get: async (key: string) => ({ ...(await inner.get(key)), now: NOW + aheadMs }) }
  const grant: TokenGrant = canAcquire ? { acquire: answer, refresh: answer } : { refresh: answer }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['direct'], grant }
  return createTokenCredential(definition, { clock, store, keyedBy: 'identity' }).status()
}

const HOUR = 3_600_000
const DETAILS = { generation: 7, refreshedAt: NOW - HOUR }
const OF_FRESH = { generation: 7, refreshedAt: NOW - HOUR / 2 }
const dead = { reason: 'invalid_grant', at: NOW - 5_000 }
const deadError = { code: 'reauthorization_required', ...dead }
const { refreshToken: _, ...ACCESS_ONLY } = FRESH

describe('the status', () => {
  test.each<[string, GrantRecord | undefined, object]>([
    ['nothing', undefined, { state: 'signed_out' }],
    ['a sign-out', recordOf({ tokens: undefined, signedOut: true }), { state: 'signed_out' }],
    [
      'tokens that live',
      recordOf({ tokens: FRESH }),
      { state: 'ready', renewable: true, expiresAt: NOW + HOUR / 2, ...OF_FRESH },
    ],
    [
      'tokens of which all is known',
      recordOf({
        tokens: { ...FRESH, refreshExpiresAt: NOW + 1, scopes: ['read'], set: { setId: 's', generation: 3 } },
      }),
      {
        state: 'ready',
        renewable: true,
        expiresAt: NOW + HOUR / 2,
        refreshedAt: NOW - HOUR / 2,
        generation: 3,
        refreshExpiresAt: NOW + 1,
        scopes: ['read'],
      },
    ],
    [
      'tokens of unknown lifetime',
      recordOf({ tokens: { ...FRESH, expiresAt: undefined } }),
      { state: 'ready', renewable: true, ...OF_FRESH },
    ],
    ['tokens that have expired', recordOf(), { state: 'renewable', ...DETAILS }],
    [
      'tokens that are about to expire',
      recordOf({ tokens: tokensWith(5_000) }),
      { state: 'renewable', ...DETAILS, refreshedAt: NOW - HOUR + 5_000 },
    ],
    [
      'tokens of a moment, which is over',
      recordOf({ tokens: { ...FRESH, issuedAt: NOW, expiresAt: NOW } }),
      { state: 'renewable', ...DETAILS, refreshedAt: NOW },
    ],
    [
      'an access token alone',
      recordOf({ tokens: ACCESS_ONLY }),
      { state: 'ready', renewable: false, expiresAt: NOW + HOUR / 2, ...OF_FRESH },
    ],
    [
      'an access token alone, which has expired',
      recordOf({ tokens: { ...ACCESS_ONLY, ...tokensWith(0), refreshToken: undefined } }),
      { state: 'reauthorization_required', reason: 'no_refresh_token', since: NOW, ...DETAILS },
    ],
    [
      'a dead refresh token, and tokens that live',
      recordOf({ tokens: FRESH, dead }),
      {
        state: 'ready',
        renewable: false,
        expiresAt: NOW + HOUR / 2,
        reauthorization: { reason: 'invalid_grant', since: dead.at },
        ...OF_FRESH,
        lastError: deadError,
      },
    ],
    [
      'a dead refresh token, and tokens that have expired',
      recordOf({ dead }),
      { state: 'reauthorization_required', reason: 'invalid_grant', since: dead.at, ...DETAILS, lastError: deadError },
    ],
    [
      'a refresh token that has ended, and tokens that live',
      recordOf({ tokens: { ...FRESH, refreshExpiresAt: NOW - 9 } }),
      {
        state: 'ready',
        renewable: false,
        expiresAt: NOW + HOUR / 2,
        reauthorization: { reason: 'refresh_token_expired', since: NOW - 9 },
        ...OF_FRESH,
        refreshExpiresAt: NOW - 9,
      },
    ],
    [
      'a refresh token that ends now, and tokens that live',
      recordOf({ tokens: { ...FRESH, refreshExpiresAt: NOW } }),
      {
        state: 'ready',
        renewable: false,
        expiresAt: NOW + HOUR / 2,
        reauthorization: { reason: 'refresh_token_expired', since: NOW },
        ...OF_FRESH,
        refreshExpiresAt: NOW,
      },
    ],
    [
      'a refresh token that ends now',
      recordOf({ tokens: tokensWith(0, { refreshExpiresAt: NOW }) }),
      {
        state: 'reauthorization_required',
        reason: 'refresh_token_expired',
        since: NOW,
        ...DETAILS,
        refreshExpiresAt: NOW,
      },
    ],
  ])('of %s', async (_name, record, expected) => {
    expect(await statusOf(record)).toStrictEqual(expected)
  })

  test.each<[string, GrantRecord | undefined, object]>([
    ['nothing', undefined, { state: 'renewable' }],
    [
      'a dead refresh token',
      recordOf({ tokens: FRESH, dead }),
      { state: 'ready', renewable: true, expiresAt: NOW + HOUR / 2, ...OF_FRESH, lastError: deadError },
    ],
  ])('of %s, in a program that signs in itself', async (_name, record, expected) => {
    expect(await statusOf(record, true)).toStrictEqual(expected)
  })

  test('is in times of this machine, though the store’s clock is another', async () => {
    const record = recordOf({
      tokens: tokensWith(HOUR, { refreshExpiresAt: NOW + 2 * HOUR }),
      failure: { count: 1, retryAt: NOW + 3_000, at: NOW, reason: 'r' },
    })
    expect(await statusOf(record, false, 1_000.4)).toStrictEqual({
      state: 'ready',
      renewable: true,
      expiresAt: NOW + HOUR - 1_000,
      generation: 7,
      refreshedAt: NOW - 1_000,
      refreshExpiresAt: NOW + 2 * HOUR - 1_000,
      lastError: { code: 'token_unavailable', reason: 'r', at: NOW - 1_000, retryAt: NOW + 2_000 },
    })
  })
})

test('with a store that is down the status is what is in use, with why', async () => {
  const inner = memoryStore({ clock })
  await inner.compareAndSet(KEY, undefined, serializeRecord(recordOf({ tokens: { ...FRESH, scopes: ['read'] } })))
  const state = { error: undefined as Error | undefined }
  const get = (key: string) => (state.error ? Promise.reject(state.error) : inner.get(key))
  const definition = {
    vendor: 'acme',
    origins: ['https://api.acme.example'],
    identity: ['direct'],
    grant: { refresh: answer },
  }
  const credential = createTokenCredential(definition, { clock, store: { ...inner, get }, keyedBy: 'identity' })
  await credential.getToken()
  state.error = new Error('refused')
  expect(await credential.status()).toStrictEqual({
    state: 'ready',
    renewable: false,
    expiresAt: NOW + HOUR / 2,
    scopes: ['read'],
    ...OF_FRESH,
    lastError: { code: 'store_unavailable', reason: 'no answer', at: NOW },
  })
  state.error = new CredentialError('record_unreadable', 'lost', { vendor: 'file' })
  await expect(credential.status()).rejects.toMatchObject({ code: 'record_unreadable' })
})

describe('the last error', () => {
  const failure = { count: 1, retryAt: NOW + 1_000, at: NOW - 1_000, reason: 'status 503' }
  const rejection = { count: 1, until: NOW + 2_000, at: NOW - 2_000, oauthError: 'invalid_client', status: 401 }
  const failed = { code: 'token_unavailable', reason: 'status 503', at: NOW - 1_000, retryAt: NOW + 1_000 }
  const rejected = { code: 'client_rejected', reason: 'invalid_client', at: NOW - 2_000, retryAt: NOW + 2_000 }
  const YEAR_9999 = Date.UTC(9999, 0)

  test.each<[string, Partial<GrantRecord>, object]>([
    ['a failure', { failure }, failed],
    ['a failure of an unknown time', { failure: { ...failure, at: undefined } }, { ...failed, at: NOW }],
    [
      'a failure that may be tried again',
      { failure: { ...failure, retryAt: NOW } },
      { code: failed.code, reason: failed.reason, at: failed.at },
    ],
    [
      'a failure of impossible times',
      { failure: { ...failure, at: -1, retryAt: 1e300 } },
      { ...failed, at: 0, retryAt: YEAR_9999 },
    ],
    ['a rejected client', { rejection }, rejected],
    [
      'a rejected client by status',
      { rejection: { ...rejection, oauthError: undefined } },
      { ...rejected, reason: '401' },
    ],
    [
      'a rejected client without a word',
      { rejection: { ...rejection, oauthError: undefined, status: undefined } },
      { ...rejected, reason: 'refused' },
    ],
    ['the newer of two', { failure, rejection }, failed],
    ['the newer of two, the other way round', { failure: { ...failure, at: NOW - 3_000 }, rejection }, rejected],
    [
      'the graver of two at one time',
      { dead: { ...dead, at: NOW - 1_000 }, failure },
      { ...deadError, at: NOW - 1_000 },
    ],
    ['what came after the end', { dead, failure }, failed],
  ])('is %s', async (_name, change, expected) => {
    expect((await statusOf(recordOf(change))).lastError).toStrictEqual(expected)
  })
})
