import { CredentialError } from '@valetkey/core/kit'
import { type ForcedAnswer, gatewayTimeout } from '@valetkey/testing/simulators'
import { overRetries } from '@valetkey-app/test-support/retry-time'
import { leaksOf, recordEvents } from '@valetkey-app/test-support/secrets'
import { describe, expect, test } from 'vitest'

import { CLIENT, startExpiredWorld } from './support/world.ts'

const BAD_TOKEN = 'canary-bad-token'

const FAILURES: readonly (readonly [string, Omit<ForcedAnswer, 'on'>])[] = [
  [
    'a 400 that echoes the request',
    { status: 400, bodyOf: ({ body }) => ({ error: 'invalid_client', error_description: body, request: body }) },
  ],
  [
    'a 400 whose error is the secret',
    { status: 400, body: { error: CLIENT.clientSecret, message: CLIENT.clientSecret } },
  ],
  ['a 400 that is the request', { status: 400, bodyOf: ({ body }) => body }],
  ['a 429 that echoes the request', { status: 429, bodyOf: ({ body }) => ({ error_description: body }) }],
  ['a 503 that echoes the request', { status: 503, bodyOf: ({ body }) => body }],
  ['an HTML page', { ...gatewayTimeout, bodyOf: ({ body }) => `<html>${body}</html>` }],
  ['a truncated JSON text', { status: 200, contentType: 'application/json', body: `{"access_token":"${BAD_TOKEN}` }],
  ['a token with CR and LF', { status: 200, body: { access_token: `${BAD_TOKEN}\r\nx: 1`, token_type: 'Bearer' } }],
  ['a redirect to another host', { status: 307, headers: { location: `https://evil.example/?${BAD_TOKEN}` } }],
]

describe('no secret of an Airthings client is printed, logged, cloned or emitted', () => {
  test.each(FAILURES)('by the error after %s, or by an event', async (_, answer) => {
    await using world = await startExpiredWorld()
    const events = recordEvents(world.credential)
    world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...answer })
    const error: unknown = await overRetries(world, world.http(world.accountsUrl)).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CredentialError)
    expect(events).toMatchObject([{ name: 'refresh_failed' }, ...events.slice(1)])
    expect(leaksOf({ error, events }, [CLIENT.clientSecret, BAD_TOKEN, world.accessToken])).toEqual([])
  })

  test('by the credential, its token, its authorization, its status or the answer of a request', async () => {
    await using world = await startExpiredWorld()
    const events = recordEvents(world.credential)
    const answer = await world.http(world.accountsUrl)
    const token = await world.credential.getToken()
    const authorization = await world.credential.authorization()
    const status = await world.credential.status()
    const seen = { credential: world.credential, http: world.http, token, authorization, status, answer, events }
    expect(events).toMatchObject([{ name: 'acquired' }])
    expect(leaksOf(seen, [CLIENT.clientSecret, token.accessToken, world.accessToken])).toEqual([])
  })
})
