import {
  type AnyCredentialEvent,
  createTokenCredential,
  GrantError,
  memoryStore,
  type TokenGrant,
  type TokenStore,
} from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { rotatingVendor, unavailable } from './support/rotating-vendor.ts'

const HOUR_MS = 3_600_000

function setUp(grant: TokenGrant, change: (inner: TokenStore) => Partial<TokenStore> = () => ({})) {
  const clock = virtualClock()
  const inner = memoryStore({ clock })
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['told'], grant }
  const credential = createTokenCredential(definition, { clock, store: { ...inner, ...change(inner) }, account: 'ann' })
  const events: AnyCredentialEvent[] = []
  credential.on('*', (...event) => events.push(event))
  const context = () => ({ vendor: 'acme', account: 'ann', at: clock.now() })
  return { clock, credential, events, context }
}

const generationOf = (events: readonly AnyCredentialEvent[]) => events.map(([, { generation }]) => generation)

describe('an event tells', () => {
  test('of tokens: how they came, and how long that took', async () => {
    const { clock, credential, events, context } = setUp(rotatingVendor().grant)
    await credential.getToken()
    const first = context()
    await clock.advance(HOUR_MS)
    await credential.getToken()
    const [generation = 0] = generationOf(events)
    const request = { durationMs: 0, server: undefined }
    expect(events).toEqual([
      ['acquired', { ...first, ...request, generation }],
      ['refreshed', { ...context(), ...request, generation: generation + 1 }],
    ])
  })

  test('of a failure: what was tried, and what the vendor said', async () => {
    const vendor = rotatingVendor()
    const { clock, credential, events } = setUp(vendor.grant)
    await credential.getToken()
    const [generation] = generationOf(events)
    await clock.advance(HOUR_MS)
    vendor.next(unavailable({ status: 500, retryAfterMs: 60_000 }))
    await credential.getToken().catch(() => {})
    const request = { generation, mode: 'refresh', durationMs: 0, server: undefined }
    expect(events.slice(1)).toEqual([
      [
        'refresh_failed',
        { ...request, vendor: 'acme', account: 'ann', at: clock.now(), reason: 'token_unavailable', status: 500 },
      ],
    ])
  })

  test('of a dead grant: that a person is needed, where the program cannot sign in by itself', async () => {
    const dead = new GrantError({
      kind: 'reauthorization_required',
      sent: true,
      status: 400,
      oauthError: 'invalid_grant',
    })
    const ofPerson = setUp({ refresh: () => Promise.reject(dead) })
    await storeSignIn(ofPerson.credential, { accessToken: 'a', refreshToken: 'r', expiresIn: 1 })
    await ofPerson.clock.advance(HOUR_MS)
    await ofPerson.credential.getToken().catch(() => {})
    const [generation] = generationOf(ofPerson.events)
    const told = { ...ofPerson.context(), generation, reason: 'invalid_grant' }
    expect(ofPerson.events.slice(1)).toEqual([
      ['refresh_failed', { ...told, mode: 'refresh', durationMs: 0, server: undefined, status: 400 }],
      ['reauthorization_required', told],
    ])
  })

  test('of a dead grant without a word of the vendor: the kind of the failure', async () => {
    const dead = new GrantError({ kind: 'reauthorization_required', sent: true })
    const { clock, credential, events } = setUp({ refresh: () => Promise.reject(dead) })
    await storeSignIn(credential, { accessToken: 'a', refreshToken: 'r', expiresIn: 1 })
    await clock.advance(HOUR_MS)
    await credential.getToken().catch(() => {})
    expect(events.slice(1)).toMatchObject([
      ['refresh_failed', { reason: 'reauthorization_required', status: undefined }],
      ['reauthorization_required', { reason: 'reauthorization_required' }],
    ])
  })

  test('of a failure that passes: nothing about a person', async () => {
    const { clock, credential, events } = setUp({
      refresh: () => Promise.reject(unavailable({ retryAfterMs: 60_000 })),
    })
    await storeSignIn(credential, { accessToken: 'a', refreshToken: 'r', expiresIn: 1 })
    await clock.advance(HOUR_MS)
    await credential.getToken().catch(() => {})
    expect(events.map(([name]) => name)).toEqual(['signed_in', 'refresh_failed'])
  })

  test('of an import: nothing, where it brings what is there', async () => {
    const { credential, events } = setUp({ refresh: async () => ({ accessToken: 'b' }) })
    await credential.importTokens({ refreshToken: 'r' })
    expect(await credential.importTokens({ refreshToken: 'r' })).toEqual({ imported: false })
    expect(events.map(([name]) => name)).toEqual(['signed_in'])
  })

  test('of a store that is down: why, where the store says it in words of its own', async () => {
    const { clock, credential, events, context } = setUp(rotatingVendor().grant, () => ({
      get: () => Promise.reject(new Error('refused')),
    }))
    const failing = credential.getToken().catch(({ code }: { code: string }) => code)
    expect(await clock.runUntil(failing, 5_000)).toBe('store_unavailable')
    expect(events).toEqual([['store_degraded', { ...context(), generation: 0, reason: 'no answer' }]])
  })

  test('of a sign-in that failed: which generation goes on', async () => {
    const { credential, events } = setUp({ refresh: async () => ({ accessToken: 'b' }) })
    const unusable = { accessToken: 'two\nlines' }
    await expect(storeSignIn(credential, unusable)).rejects.toMatchObject({
      code: 'sign_in_failed',
      reason: 'unusable_tokens',
      vendor: 'acme',
      account: 'ann',
      message: 'acme: the vendor answered the sign-in with tokens that cannot be used',
    })
    await storeSignIn(credential, { accessToken: 'a' })
    await storeSignIn(credential, unusable).catch(() => {})
    const [, generation] = generationOf(events)
    expect(events).toMatchObject([
      ['sign_in_failed', { generation: 0, reason: 'unusable_tokens' }],
      ['signed_in', { renewable: false }],
      ['sign_in_failed', { generation, reason: 'unusable_tokens' }],
    ])
  })

  test('of a sign-in that could not be stored: the code', async () => {
    const { clock, credential, events } = setUp({ refresh: async () => ({ accessToken: 'b' }) }, () => ({
      get: () => Promise.reject(new Error('refused')),
    }))
    const failing = storeSignIn(credential, { accessToken: 'a' }).catch(({ code }: { code: string }) => code)
    expect(await clock.runUntil(failing, 5_000)).toBe('store_unavailable')
    expect(events.at(-1)).toMatchObject(['sign_in_failed', { reason: 'store_unavailable' }])
  })
})

describe('what became of a request', () => {
  const observed = { generation: 3, status: 401 }

  test('is told with what the client leaves out', () => {
    const { credential, events, context } = setUp(rotatingVendor().grant)
    for (const event of ['refused', 'replayed', 'replay_skipped', 'scope_required'] as const)
      credential.observe?.(event, observed)
    const told = { ...context(), ...observed }
    expect(events).toEqual([
      ['refused', { ...told, reason: undefined }],
      ['replayed', { ...told, accepted: false }],
      ['replay_skipped', { ...told, reason: 'not_replayable' }],
      ['scope_required', { ...told, scopes: [], resourceMetadata: undefined }],
    ])
  })

  test('is told as the client says it', () => {
    const { credential, events } = setUp(rotatingVendor().grant)
    const detail = {
      ...observed,
      accepted: true,
      reason: 'why',
      scopes: ['read'],
      resourceMetadata: 'https://api.acme.example/meta',
    }
    for (const event of ['refused', 'replayed', 'replay_skipped', 'scope_required'] as const)
      credential.observe?.(event, detail)
    const { scopes, resourceMetadata } = detail
    expect(events).toMatchObject([
      ['refused', { reason: 'why' }],
      ['replayed', { accepted: true }],
      ['replay_skipped', { reason: 'why' }],
      ['scope_required', { scopes, resourceMetadata }],
    ])
  })
})

test('the claims of a token that is no JWT are an error that shows no token', async () => {
  const { credential } = setUp({ acquire: async () => ({ accessToken: 'canary-5c' }) })
  await expect(credential.claims()).rejects.toMatchObject({
    code: 'not_a_jwt',
    message: 'acme: the access token is not a JWT; it has no claims to read',
    vendor: 'acme',
    account: 'ann',
  })
})
