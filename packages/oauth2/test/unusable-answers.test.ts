import { inspect } from 'node:util'
import type { TokenCredential } from '@valetkey/core'
import { findLeaks } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import type { AuthorizationCodeOptions, StandardAnswer } from '../src/index.ts'
import { asRecord, password } from '../src/index.ts'
import { CLIENT_SECRET, complete, PASSWORD } from './helpers/grants.ts'
import { errorOf, signIn, startSignInWorld } from './helpers/sign-in.ts'
import { sendAnswer } from './helpers/token-server.ts'

const LIFETIME_S = 3600
/** Longer than the three quick retries of one failure. */
const RETRIES_MS = 4_000

/**
 * A vendor that takes each refresh token once, and ends the grant when one comes again (RFC 9700 §4.14.2). Refresh tokens are
 * `canary refresh-1`, `canary refresh-2` …, with a space in them.
 */
function strictVendor(spoil: Spoil) {
  const sent: string[] = []
  let serial = 0
  let isEnded = false
  const vendor = {
    sent,
    isSpoilt: false,
    answer(body: string): { status: number; body: object | string } {
      const form = new URLSearchParams(body)
      if (form.get('grant_type') === 'refresh_token') {
        sent.push(form.get('refresh_token') ?? '')
        isEnded ||= sent.at(-1) !== `canary refresh-${serial}`
        if (isEnded) return { status: 400, body: { error: 'invalid_grant' } }
      }
      serial += 1
      const tokens = {
        access_token: `access-${serial}`,
        token_type: 'Bearer',
        expires_in: LIFETIME_S,
        refresh_token: `canary refresh-${serial}`,
      }
      return { status: 200, body: vendor.isSpoilt ? spoil(tokens) : tokens }
    },
  }
  return vendor
}

async function startWorld(spoil: Spoil, options: Partial<AuthorizationCodeOptions> = {}) {
  const vendor = strictVendor(spoil)
  const world = await startSignInWorld(
    (_request, response) => sendAnswer(response, vendor.answer(world.server.requests.at(-1)?.body ?? '')),
    options,
  )
  const { clock, store } = world
  /** As another process has it: with a memory of its own. */
  const another = () => world.connect({ store: { ...store } })
  const failureOf = (credential: TokenCredential) => errorOf(clock.runUntil(credential.getToken(), RETRIES_MS))
  return { ...world, vendor, another, failureOf }
}

type Spoil = (answer: Record<string, unknown>) => object | string
type Form = readonly [name: string, spoil: Spoil, reason: string, options: Partial<AuthorizationCodeOptions>]

const broken = (answer: object) => ({ ...answer, broken: true })
/** In an envelope. */
const wrapped = (answer: object) => ({ data: [answer], broken: true })

/** A `normalize` with a fault that shows in answers that are `broken`. */
function faulty(fault: () => StandardAnswer): Partial<AuthorizationCodeOptions> {
  return {
    normalize({ status, body }) {
      const standard = asRecord(body)
      return standard.broken ? fault() : { status, body: standard }
    },
  }
}

const throwing = faulty(() => {
  throw new Error('canary')
})

const FORMS: readonly Form[] = [
  ['a token that is bound to a key', (answer) => ({ ...answer, token_type: 'DPoP' }), 'token_type is DPoP', {}],
  ['a token that is too long', (answer) => ({ ...answer, access_token: 'x'.repeat(20_000) }), 'longer than 16 KB', {}],
  ['a token that is a number', (answer) => ({ ...answer, access_token: 4711 }), 'access_token is not a string', {}],
  [
    'a token with a line end',
    (answer) => ({ ...answer, access_token: 'a\r\nb' }),
    'characters that no header can carry',
    {},
  ],
  ['no token', (answer) => ({ ...answer, access_token: null }), 'the answer holds no access_token', {}],
  ['an answer on which "normalize" throws', broken, '"normalize" failed on this answer', throwing],
  ['an envelope on which "normalize" throws', wrapped, '"normalize" failed on this answer', throwing],
  [
    'an answer of which "normalize" makes nonsense',
    broken,
    '"normalize" failed on this answer',
    faulty(() => ({ status: Number.NaN, body: {} })),
  ],
  [
    'an answer of which "normalize" makes an empty one',
    wrapped,
    'the answer holds no access_token',
    faulty(() => ({ status: 200, body: {} })),
  ],
  [
    'an answer of which "normalize" makes an outage',
    broken,
    'Back at noon.',
    faulty(() => ({ status: 503, body: { message: 'Back at noon.' } })),
  ],
]

describe('an answer to a refresh with status 200', () => {
  test.each(FORMS)('%s: its refresh token is the next one, in every process', async (_, spoil, reason, options) => {
    const { vendor, clock, credential, another, failureOf } = await startWorld(spoil, options)
    await signIn(credential)
    await clock.advance(LIFETIME_S * 1_000)
    vendor.isSpoilt = true
    const error = await failureOf(credential)
    expect(error).toMatchObject({
      code: 'token_unavailable',
      status: 200,
      description: expect.stringContaining(reason),
    })
    expect(error.message).toContain(`cannot be used now (status 200, `)
    expect(findLeaks(error, ['canary', CLIENT_SECRET], inspectAll)).toEqual([])
    expect(await credential.status()).toMatchObject({ state: 'renewable', lastError: { code: 'token_unavailable' } })
    vendor.isSpoilt = false
    await clock.advance(60_000)
    const { accessToken } = await another().getToken()
    expect(accessToken).toBe(`access-${vendor.sent.length + 1}`)
    expect(vendor.sent).toEqual(vendor.sent.map((_, at) => `canary refresh-${at + 1}`))
    expect(vendor.sent.length).toBeGreaterThan(4)
  })

  test('over 1 MiB: that its refresh token could not be read is told, and later that its outcome is lost', async () => {
    const spoil = (answer: object) => ({ ...answer, padding: 'x'.repeat(1024 * 1024) })
    const { vendor, clock, credential, failureOf } = await startWorld(spoil)
    await signIn(credential)
    await clock.advance(LIFETIME_S * 1_000)
    vendor.isSpoilt = true
    const error = await failureOf(credential)
    expect(error).toMatchObject({ code: 'reauthorization_required', reason: 'refresh_outcome_lost' })
    expect(vendor.sent).toEqual(['canary refresh-1', 'canary refresh-1'])
  })

  test('in the background: the access token in hand stays in use, and the new refresh token is stored', async () => {
    const spoil = (answer: object) => ({ ...answer, access_token: null })
    const { vendor, clock, credential, another } = await startWorld(spoil)
    await signIn(credential)
    const { accessToken, expiresAt = 0 } = await credential.getToken()
    vendor.isSpoilt = true
    await clock.advance(expiresAt - clock.now() - 30_000)
    expect((await credential.getToken()).accessToken).toBe(accessToken)
    await credential.close()
    vendor.isSpoilt = false
    expect(await credential.status()).toMatchObject({ state: 'ready', renewable: true, expiresAt })
    expect((await another().getToken()).accessToken).toBe(accessToken)
    await clock.advance(60_000)
    expect((await another().getToken()).accessToken).toBe('access-3')
    expect(vendor.sent).toEqual(['canary refresh-1', 'canary refresh-2'])
  })
})

test('an answer to a password with status 200 that cannot be used: its refresh token is used, the password is not sent again', async () => {
  const spoil = (answer: object) => ({ ...answer, access_token: 7 })
  const { vendor, clock, server, store } = await startWorld(spoil)
  const connect = () =>
    password({
      ...complete({ tokenUrl: server.tokenUrl, clock, store: { ...store } }),
      username: 'skipper@example.com',
      password: PASSWORD,
    })
  vendor.isSpoilt = true
  const error = await errorOf(clock.runUntil(connect().getToken(), RETRIES_MS))
  expect(error).toMatchObject({ code: 'token_unavailable', status: 200 })
  vendor.isSpoilt = false
  await clock.advance(60_000)
  await connect().getToken()
  const grants = server.requests.map(({ body }) => new URLSearchParams(body).get('grant_type'))
  expect(grants).toEqual(['password', ...vendor.sent.map(() => 'refresh_token')])
  expect(vendor.sent).toEqual(vendor.sent.map((_, at) => `canary refresh-${at + 1}`))
})

function inspectAll(value: unknown): string {
  return inspect(value, { depth: 9, showHidden: true, customInspect: false })
}
