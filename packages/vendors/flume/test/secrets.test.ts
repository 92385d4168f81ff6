import { CredentialError } from '@valetkey/core/kit'
import { type ForcedAnswer, gatewayTimeout } from '@valetkey/testing/simulators'
import { overRetries } from '@valetkey-app/test-support/retry-time'
import { leaksOf, recordEvents } from '@valetkey-app/test-support/secrets'
import { describe, expect, test } from 'vitest'

import { grantTypes, OWNER, startExpiredWorld, startWorld, tokenBodies, type World } from './support/world.ts'

const BAD_TOKEN = 'canary-bad-token'

/** Everything secret that was configured, issued or echoed in this world. */
function secretsOf(world: World, ...more: string[]): string[] {
  const refreshTokens = tokenBodies(world).flatMap(({ refresh_token }) => (refresh_token ? [refresh_token] : []))
  return [OWNER.clientSecret, OWNER.password, BAD_TOKEN, ...refreshTokens, ...more]
}

/** An error envelope that gives the request back. */
function echoing(more: object): NonNullable<ForcedAnswer['bodyOf']> {
  return ({ body }) => ({ success: false, detailed: [body], data: [{ echo: body }], ...more })
}

const FAILURES: readonly (readonly [string, Omit<ForcedAnswer, 'on'>])[] = [
  ['a 400 that echoes the request', { status: 400, bodyOf: echoing({ message: 'invalid_client' }) }],
  [
    'a 400 whose message is the secret',
    { status: 400, bodyOf: echoing({ message: OWNER.clientSecret, detailed: null }) },
  ],
  ['a 403 with personal data', { status: 403, bodyOf: echoing({ message: 'unverified_user' }) }],
  ['a 429 that echoes the request', { status: 429, bodyOf: ({ body }) => body }],
  ['a 503 that echoes the request', { status: 503, bodyOf: ({ body }) => body }],
  ['an HTML page', { ...gatewayTimeout, bodyOf: ({ body }) => `<html>${body}</html>` }],
  ['a truncated JSON text', { status: 200, contentType: 'application/json', body: `{"access_token":"${BAD_TOKEN}` }],
  [
    'a token with CR and LF',
    {
      status: 200,
      body: {
        data: [{ access_token: `${BAD_TOKEN}\r\nx: 1`, refresh_token: 'canary-next-refresh', token_type: 'bearer' }],
      },
    },
  ],
  ['a redirect to another host', { status: 307, headers: { location: `https://evil.example/?${BAD_TOKEN}` } }],
]

describe('no secret of a Flume account is printed, logged, cloned or emitted', () => {
  test.each(FAILURES)('by the error after %s to a refresh, or by an event', async (_, answer) => {
    await using world = await startExpiredWorld()
    const events = recordEvents(world.credential)
    world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...answer })
    const error: unknown = await overRetries(world, world.http(`${world.simulator.baseUrl}/me`)).catch(
      (e: unknown) => e,
    )
    expect(error).toBeInstanceOf(CredentialError)
    expect(grantTypes(world)).toContain('refresh_token')
    expect(leaksOf({ error, events }, secretsOf(world, world.accessToken))).toEqual([])
  })

  test.each(FAILURES)('by the error after %s to a sign-in, or by an event', async (_, answer) => {
    await using world = await startWorld()
    const events = recordEvents(world.credential)
    world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...answer })
    const error: unknown = await overRetries(world, world.credential.getToken()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CredentialError)
    expect(leaksOf({ error, events }, secretsOf(world))).toEqual([])
  })

  test('by the error after a wrong password, or by an event', async () => {
    await using world = await startExpiredWorld()
    const wrong = world.connect({ account: 'wrong', password: 'canary-wrong-password' })
    const events = recordEvents(wrong)
    const error: unknown = await wrong.getToken().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'client_rejected' })
    expect(leaksOf({ error, events }, secretsOf(world, 'canary-wrong-password'))).toEqual([])
  })

  test('by the credential, its tokens, its authorization, its status or the answer of a request', async () => {
    await using world = await startExpiredWorld()
    const events = recordEvents(world.credential)
    const answer = await world.http(`${world.simulator.baseUrl}/me`)
    const token = await world.credential.getToken()
    const authorization = await world.credential.authorization()
    const status = await world.credential.status()
    const seen = { credential: world.credential, http: world.http, token, authorization, status, answer, events }
    expect(events).toMatchObject([{ name: 'refreshed' }])
    expect(leaksOf(seen, secretsOf(world, token.accessToken, world.accessToken))).toEqual([])
  })
})
