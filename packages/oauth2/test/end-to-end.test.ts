import { inspect } from 'node:util'
import type { CredentialErrorOf, TokenCredential } from '@valetkey/core'
import { isCredentialError } from '@valetkey/core'
import { findLeaks, virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { clientCredentials, password } from '../src/index.ts'
import { CLIENT_SECRET, complete, PASSWORD } from './helpers/grants.ts'
import { startTokenServer } from './helpers/token-server.ts'

const HOUR_MS = 3_600_000
const SIGN_IN = { username: 'skipper@example.com', password: PASSWORD }

async function rejectionOf(credential: TokenCredential): Promise<CredentialErrorOf<'client_rejected'>> {
  const error: unknown = await credential.getToken().catch((reason: unknown) => reason)
  if (!isCredentialError(error, 'client_rejected')) throw error
  return error
}

describe('a credential', () => {
  test('of client credentials asks once for any number of uses, and anew after the lifetime', async () => {
    const answers = ['first-token', 'second-token']
    await using server = await startTokenServer((_request, response) => {
      response.end(JSON.stringify({ access_token: answers.shift(), expires_in: '3600', scope: 'read' }))
    })
    const clock = virtualClock()
    const credential = clientCredentials(complete({ tokenUrl: server.tokenUrl, clock, scopes: ['read'] }))
    const uses = await Promise.all([credential.authorization(), credential.authorization(), credential.getToken()])
    expect(uses[0].headers).toEqual({ authorization: 'Bearer first-token' })
    expect(uses[2]).toMatchObject({ tokenType: 'Bearer', scopes: ['read'], expiresAt: clock.now() + HOUR_MS })
    await clock.advance(HOUR_MS)
    expect((await credential.getToken()).accessToken).toBe('second-token')
    expect(server.requests).toHaveLength(2)
  })

  test('of a password refreshes, and signs in again when the refresh token is dead', async () => {
    await using server = await startTokenServer((_request, response) => {
      const grantType = new URLSearchParams(server.requests.at(-1)?.body).get('grant_type')
      const isDead = grantType === 'refresh_token' && server.requests.length > 2
      const count = server.requests.length
      const tokens = { access_token: `token-${count}`, expires_in: 3600, refresh_token: `refresh-${count}` }
      response.writeHead(isDead ? 400 : 200)
      response.end(JSON.stringify(isDead ? { error: 'invalid_grant' } : tokens))
    })
    const clock = virtualClock()
    const credential = password({ ...complete({ tokenUrl: server.tokenUrl, clock }), ...SIGN_IN })
    const seen: string[] = []
    for (let use = 0; use < 3; use += 1) {
      seen.push((await credential.getToken()).accessToken)
      await clock.advance(HOUR_MS)
    }
    expect(seen).toEqual(['token-1', 'token-2', 'token-4'])
    const asked = server.requests.map(({ body }) => new URLSearchParams(body).get('grant_type'))
    expect(asked).toEqual(['password', 'refresh_token', 'refresh_token', 'password'])
  })

  test('goes onto requests, and is refused, as the vendor’s API has it', async () => {
    await using server = await startTokenServer({ body: { access_token: 'first-token' } })
    const credential = clientCredentials({
      ...complete({ tokenUrl: server.tokenUrl }),
      place: ({ accessToken }) => ({ query: { key: accessToken } }),
      carries: { headers: [], query: ['key'] },
      refuses: ({ status }) => status === 419,
    })
    expect(await credential.authorization()).toMatchObject({ headers: {}, query: { key: 'first-token' } })
    expect(credential.carries).toEqual({ headers: [], query: ['key'] })
    const answer = { url: '', header: () => null, json: async () => undefined }
    expect([401, 419].map((status) => credential.refuses({ ...answer, status }))).toEqual([false, true])
  })

  test('that the vendor refuses says so in the vendor’s words and asks no more', async () => {
    await using server = await startTokenServer({
      status: 401,
      body: { error: 'invalid_client', error_description: 'Неверный клиент' },
    })
    const credential = clientCredentials(complete({ tokenUrl: server.tokenUrl }))
    const expected = { vendor: 'acme', oauthError: 'invalid_client', description: 'Неверный клиент', status: 401 }
    expect(await rejectionOf(credential)).toMatchObject({ ...expected, isRetryable: false })
    expect(await rejectionOf(credential)).toMatchObject(expected)
    expect(server.requests).toHaveLength(1)
  })

  test('shows no secret in an error whose vendor echoes the request (S8)', async () => {
    await using server = await startTokenServer((request, response) => {
      response.writeHead(400)
      const echo = `${request.headers.authorization} ${server.requests.at(-1)?.body}`
      response.end(JSON.stringify({ error: 'invalid_grant', error_description: echo, echo }))
    })
    const credential = password({ ...complete({ tokenUrl: server.tokenUrl }), ...SIGN_IN })
    const error = await rejectionOf(credential)
    expect(error.description).toContain('***')
    expect(findLeaks(error, [CLIENT_SECRET, PASSWORD, btoa(`boat-app:${CLIENT_SECRET}`)], inspectAll)).toEqual([])
  })

  test('keeps its secrets out of inspection and JSON (S6)', () => {
    const credential = password({ ...complete({ tokenUrl: 'https://login.example.com/token' }), ...SIGN_IN })
    expect(findLeaks(credential, [CLIENT_SECRET, PASSWORD], inspectAll)).toEqual([])
  })
})

function inspectAll(value: unknown): string {
  return inspect(value, { depth: 9, showHidden: true, customInspect: false })
}
