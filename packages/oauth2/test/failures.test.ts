import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { clientCredentials } from '../src/index.ts'
import type { GrantOptions } from './helpers/grants.ts'
import {
  acquire,
  CLIENT_SECRET,
  clientGrant,
  complete,
  failureOf,
  NOW,
  PASSWORD,
  REFRESH_TOKEN,
  refresh,
  userGrant,
} from './helpers/grants.ts'
import type { PlannedAnswer } from './helpers/token-server.ts'
import { startTokenServer } from './helpers/token-server.ts'

/** The longest pause between quick retries of a token. */
const LONGEST_QUICK_RETRY_MS = 1000

async function failures(answer: PlannedAnswer, options: Partial<GrantOptions> = {}) {
  await using server = await startTokenServer(answer)
  const grant = userGrant({ tokenUrl: server.tokenUrl, ...options })
  const found = { acquire: await failureOf(acquire(grant)), refresh: await failureOf(refresh(grant)) }
  expect(server.requests).toHaveLength(2)
  return found
}

describe('an answer that refuses', () => {
  test('a wrong password is the sign-in, a dead refresh token is the grant', async () => {
    const body = { error: 'invalid_grant', error_description: 'Wrong.' }
    const found = await failures({ status: 400, body })
    const common = { sent: true, status: 400, oauthError: 'invalid_grant', description: 'Wrong.' }
    expect(found.acquire).toEqual({ ...common, kind: 'client_rejected', retryAfterMs: undefined })
    expect(found.refresh).toEqual({ ...common, kind: 'reauthorization_required', retryAfterMs: undefined })
  })

  test('is understood under any content type, with a challenge header and with status 200', async () => {
    const body = JSON.stringify({ error: 'invalid_client' })
    const headers = { 'content-type': 'text/html', 'www-authenticate': 'Basic realm="tokens"' }
    for (const status of [200, 401]) {
      const found = await failures({ status, headers, body })
      expect(found.acquire).toMatchObject({ kind: 'client_rejected', oauthError: 'invalid_client', status })
    }
  })

  test('holds no secret when the vendor echoes the request and the tokens', async () => {
    await using server = await startTokenServer((request, response) => {
      const echo = [request.headers.authorization, CLIENT_SECRET, PASSWORD, REFRESH_TOKEN, 'canary-access'].join(' ')
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: 'invalid_grant', error_description: echo, access_token: 'canary-access' }))
    })
    const grant = userGrant({ tokenUrl: server.tokenUrl })
    const { description: atIssue } = await failureOf(acquire(grant))
    expect(atIssue).toBe(`Basic *** *** *** ${REFRESH_TOKEN} ***`)
    const { description: atRefresh } = await failureOf(refresh(grant))
    expect(atRefresh).toBe(`Basic *** *** ${PASSWORD} *** ***`)
  })
})

describe("an answer that is the vendor's own trouble", () => {
  test.each<[string, PlannedAnswer]>([
    ['a gateway page', { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' }],
    ['a page with status 200', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' }],
    ['a page with status 400', { status: 400, headers: { 'content-type': 'text/html' }, body: '<html>No</html>' }],
    ['nothing at all', { status: 200, body: '' }],
    ['no content', { status: 204 }],
    ['truncated JSON', { status: 200, body: '{"access_token":"canary-acc' }],
    ['an array', { status: 200, body: [{ access_token: 'canary-access' }] }],
    ['null', { status: 200, body: 'null' }],
    ['a text', { status: 200, body: '"canary-access"' }],
    ['an object without a token', { status: 200, body: { token: 'canary-access' } }],
    ['an error that is no code', { status: 400, body: { error: 'Bad Request' } }],
    ['an error object', { status: 400, body: { error: { error_code: 11 } } }],
    ['an error object with status 200', { status: 200, body: { error: { error_code: 11 } } }],
    ['401 and nothing', { status: 401, body: '' }],
    ['404', { status: 404, body: { message: 'no such path' } }],
    ['too many requests', { status: 429, body: { error: 'invalid_client' } }],
    ['an internal error', { status: 500, body: { error: 'invalid_grant' } }],
    ['a maintenance', { status: 503, body: { error: 'temporarily_unavailable' } }],
    ['a token with a line break', { status: 200, body: { access_token: 'canary\r\nx-evil: 1' } }],
  ])('%s never says that the credentials are wrong', async (_name, answer) => {
    const found = await failures(answer)
    for (const failure of [found.acquire, found.refresh]) {
      expect(failure).toMatchObject({ kind: 'token_unavailable', sent: true })
      expect(JSON.stringify(failure)).not.toContain('canary')
    }
  })

  test.each<[string, object, string | undefined, string | undefined]>([
    ['error_description', { error: 'server_error', error_description: 'Down.' }, 'server_error', 'Down.'],
    [
      'detail (RFC 9457)',
      { type: 'about:blank', title: 'Bad Gateway', detail: 'No upstream.' },
      undefined,
      'No upstream.',
    ],
    ['message', { message: 'Too busy.' }, undefined, 'Too busy.'],
    ['an error that is no code', { error: 'Bad Request' }, undefined, 'Bad Request'],
    ['message of an error object', { error: { code: 11, message: 'Shard 7 is down.' } }, undefined, 'Shard 7 is down.'],
    ['no words', { code: 11 }, undefined, undefined],
  ])('is told in the vendor’s words, from %s', async (_, body, oauthError, description) => {
    const found = await failures({ status: 503, body })
    expect(found.refresh).toMatchObject({ kind: 'token_unavailable', status: 503, oauthError, description })
  })

  test('holds no secret when those words echo the request', async () => {
    const found = await failures({ status: 500, body: { message: `${CLIENT_SECRET} for ${REFRESH_TOKEN}` } })
    expect(found.refresh.description).toBe('*** for ***')
  })

  test('reaches the program: words, code, status and time', async () => {
    await using server = await startTokenServer({
      status: 503,
      headers: { 'retry-after': '120' },
      body: { error: 'temporarily_unavailable', error_description: 'Back at noon.' },
    })
    const clock = virtualClock()
    const credential = clientCredentials(complete({ clock, tokenUrl: server.tokenUrl }))
    const expected = {
      code: 'token_unavailable',
      status: 503,
      oauthError: 'temporarily_unavailable',
      description: 'Back at noon.',
      message: expect.stringContaining('(status 503, temporarily_unavailable: Back at noon.)'),
    }
    await expect(credential.getToken()).rejects.toMatchObject({ ...expected, retryAt: clock.now() + 120_000 })
    await expect(credential.getToken()).rejects.toMatchObject(expected)
    expect(server.requests).toHaveLength(1)
  })

  test('says when to come back', async () => {
    const found = await failures({ status: 503, headers: { 'retry-after': '120' } })
    expect(found.refresh.retryAfterMs).toBe(120_000)
  })

  test('says on a 429 when to come back, in the headers of the dialect; they say nothing about a 503', async () => {
    const retryAfterHeaders = ['X-RateLimit-Reset']
    const headers = { 'x-ratelimit-reset': String(NOW / 1000 + 45) }
    const limited = await failures({ status: 429, headers }, { retryAfterHeaders })
    expect(limited.refresh).toMatchObject({ kind: 'token_unavailable', status: 429, retryAfterMs: 45_000 })
    const down = await failures({ status: 503, headers }, { retryAfterHeaders })
    expect(down.refresh.retryAfterMs).toBeUndefined()
  })
})

describe('the dialect', () => {
  test('unwraps an envelope and is told what was asked', async () => {
    await using server = await startTokenServer({
      status: 201,
      headers: { 'x-env': 'test' },
      body: { data: [{ token: 'inner' }] },
    })
    const asked: unknown[] = []
    const grant = userGrant({
      tokenUrl: server.tokenUrl,
      normalize: ({ grantType, status, headers, body }) => {
        asked.push([grantType, status, headers.get('x-env'), body])
        return { status: 200, body: { access_token: 'inner', expires_in: '60' } }
      },
    })
    expect(await refresh(grant)).toMatchObject({ accessToken: 'inner', expiresIn: 60 })
    expect(asked).toEqual([['refresh_token', 201, 'test', { data: [{ token: 'inner' }] }]])
  })

  test('gets the text when the answer is not JSON', async () => {
    await using server = await startTokenServer({ body: 'access_token=form-token&token_type=bearer' })
    const normalize = ({ body }: { body: unknown }) => {
      return { status: 200, body: Object.fromEntries(new URLSearchParams(String(body))) }
    }
    expect(await acquire(clientGrant({ tokenUrl: server.tokenUrl, normalize }))).toMatchObject({
      accessToken: 'form-token',
    })
  })

  test('may turn a status into another one, the failure keeps the real one', async () => {
    const normalize = () => ({ status: 400, body: { error: 'invalid_client' } })
    const found = await failures({ status: 500, body: 'wrong client, they say' }, { normalize })
    expect(found.acquire).toMatchObject({ kind: 'client_rejected', status: 500 })
  })

  test('that throws costs the answer, not the secrecy of what it threw', async () => {
    const normalize = () => {
      throw new Error('canary')
    }
    const found = await failures({ body: { access_token: 'canary' } }, { normalize })
    expect(found.acquire).toMatchObject({ kind: 'token_unavailable', sent: true, status: 200 })
    expect(JSON.stringify(found)).not.toContain('canary')
  })
})

describe('a secret that cannot be read', () => {
  test.each<[string, () => string | Promise<string>]>([
    [
      'throws',
      () => {
        throw new Error('canary')
      },
    ],
    ['rejects', () => Promise.reject(new Error('canary'))],
    ['is empty', () => ''],
  ])('because its function %s names the option and sends nothing', async (_name, unreadable) => {
    await using server = await startTokenServer({ body: { access_token: 'token' } })
    const grant = clientGrant({ tokenUrl: server.tokenUrl, clientSecret: unreadable })
    const failure = await failureOf(acquire(grant))
    expect(failure).toEqual({ kind: 'token_unavailable', sent: false, description: '"clientSecret" could not be read' })
    expect(server.requests).toEqual([])
  })

  test('is named by the error that the program gets', async () => {
    const clock = virtualClock()
    const tokenUrl = 'https://login.example.com/token'
    const credential = clientCredentials(complete({ clock, tokenUrl, clientSecret: () => '' }))
    const asked = clock.runUntil(credential.getToken(), LONGEST_QUICK_RETRY_MS)
    await expect(asked).rejects.toThrow('cannot be used now ("clientSecret" could not be read)')
  })
})
