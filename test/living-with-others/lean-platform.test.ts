import { attachCredential } from '@valetkey/axios'
import { type CredentialError, createApiKeyCredential, memoryStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials, createTokenIntrospector, type OAuthOptions, oauth2 } from '@valetkey/oauth2'
import { virtualClock } from '@valetkey/testing'
import axios from 'axios'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { leanGlobals } from './lean-platform.ts'
import { startAcme } from './lean-server.ts'

beforeEach(() => {
  for (const [name, value] of Object.entries(leanGlobals)) vi.stubGlobal(name, value)
})

/** By then all servers of an API know a token. */
const KNOWN_MS = 3_000

async function world(changes: Partial<OAuthOptions> = {}) {
  const acme = await startAcme()
  const clock = virtualClock()
  const options: OAuthOptions = {
    ...{ vendor: 'acme', origins: [acme.origin], tokenUrl: `${acme.origin}/token` },
    ...{ clientId: 'boat-app', clientSecret: 's3cret', allowInsecureRequests: true },
    ...changes,
  }
  return { acme, options, clock }
}

function rejection(work: Promise<unknown>): Promise<CredentialError> {
  return work.then(
    () => Promise.reject(new Error('it succeeded')),
    (error: CredentialError) => error,
  )
}

describe('on a platform like React Native', () => {
  test('a token is obtained, and renewed after a refusal, for requests with a signal', async () => {
    const { acme, options, clock } = await world()
    const send = withCredential(fetch, clientCredentials({ ...options, clock }))
    const { signal } = new AbortController()
    expect((await send(`${acme.origin}/boats`, { signal })).status).toBe(200)
    await clock.advance(KNOWN_MS)
    acme.revoke()
    expect((await send(`${acme.origin}/boats`, { signal })).status).toBe(200)
    expect(acme.paths()).toEqual(['/token', '/boats', '/boats', '/token', '/boats'])
  })

  test('a refused form is sent once more, whole', async () => {
    const { acme, options, clock } = await world()
    const send = withCredential(fetch, clientCredentials({ ...options, clock }))
    await send(`${acme.origin}/boats`)
    await clock.advance(KNOWN_MS)
    acme.revoke()
    const body = new FormData()
    body.append('name', 'Åse')
    expect((await send(`${acme.origin}/boats`, { method: 'POST', body })).status).toBe(200)
    const forms = acme.received().filter(({ method, path }) => method === 'POST' && path === '/boats')
    expect(forms.map((it) => it.body.includes('Åse'))).toEqual([true, true])
  })

  test('a request that took effect before a redirect to a refusal is not sent again', async () => {
    const { acme, options, clock } = await world()
    const send = withCredential(fetch, clientCredentials({ ...options, clock }))
    await send(`${acme.origin}/boats`)
    await clock.advance(KNOWN_MS)
    acme.revoke()
    expect((await send(`${acme.origin}/bought`, { method: 'POST', body: 'x=1' })).status).toBe(401)
    expect(acme.paths().filter((path) => path === '/bought')).toHaveLength(1)
  })

  test('a refusal is recognised in the body of an answer', async () => {
    const refuses: OAuthOptions['refuses'] = async (answer) =>
      JSON.stringify(await answer.json()) === '{"error":"session_expired"}'
    const { acme, options, clock } = await world({ refuses })
    const send = withCredential(fetch, clientCredentials({ ...options, clock }))
    await send(`${acme.origin}/quiet`)
    await clock.advance(KNOWN_MS)
    acme.revoke()
    expect(await (await send(`${acme.origin}/quiet`)).json()).toEqual({ ok: true })
  })

  test('an abort ends the wait for a token with an error, and an aborted signal asks for none', async () => {
    const { acme, options } = await world({ fetch: () => new Promise(() => {}) })
    const send = withCredential(fetch, clientCredentials(options))
    const leaving = new AbortController()
    const waiting = rejection(send(`${acme.origin}/boats`, { signal: leaving.signal }))
    leaving.abort()
    const errors = [await waiting, await rejection(send(`${acme.origin}/boats`, { signal: leaving.signal }))]
    for (const error of errors) expect(error).toMatchObject({ name: 'AbortError', message: expect.any(String) })
    expect(acme.paths()).toEqual([])
  })

  test('axios waits for a token with such a signal', async () => {
    const { acme, options } = await world()
    const http = axios.create({ baseURL: acme.origin, adapter: 'http' })
    attachCredential(http, clientCredentials(options))
    expect((await http.get('/boats', { signal: new AbortController().signal })).status).toBe(200)
  })

  test('tokens are ended and asked about, and endpoints are found by the issuer', async () => {
    const { acme, options } = await world({ tokenUrl: undefined })
    const discovering = { ...options, issuer: acme.origin }
    const credential = clientCredentials(discovering)
    await credential.getToken()
    expect(await credential.signOut()).toEqual({ revoked: true })
    const introspect = createTokenIntrospector(discovering)
    expect(await introspect('text', { signal: new AbortController().signal })).toEqual({ active: true })
    expect(acme.paths().filter((path) => !path.startsWith('/.well-known'))).toEqual([
      '/token',
      '/revoke',
      '/introspect',
    ])
  })

  test('a device sign-in ends when the credential is closed, or its signal aborts, and says which', async () => {
    const { acme, options } = await world()
    const credential = oauth2.deviceCode({ ...options, deviceAuthorizationUrl: `${acme.origin}/device` })
    const closed = await credential.beginSignIn()
    await credential.close()
    expect(await rejection(closed.done)).toMatchObject({ code: 'sign_in_failed', reason: 'closed' })
    const leaving = new AbortController()
    const left = await credential.beginSignIn({ signal: leaving.signal })
    leaving.abort()
    expect(await rejection(left.done)).toMatchObject({ name: 'AbortError' })
  })

  test('what a token endpoint answers after a redirect to another origin is not used', async () => {
    const { acme, options } = await world()
    const tokenUrl = `${acme.origin}/moved-token`
    const error = await rejection(clientCredentials({ ...options, tokenUrl }).getToken())
    expect(error).toMatchObject({ code: 'token_unavailable', status: 200 })
  })

  test('a key in a header of its own that was redirected to another origin is told', async () => {
    const { acme } = await world()
    const credential = createApiKeyCredential({
      ...{ vendor: 'acme', origins: [acme.origin], apiKey: 'key', allowInsecureRequests: true },
      place: (key) => ({ headers: { 'x-api-key': key } }),
    })
    const error = await rejection(withCredential(fetch, credential)(`${acme.origin}/moved`))
    expect(error).toMatchObject({ code: 'redirect_refused' })
  })
})

describe('without crypto.subtle', () => {
  beforeEach(() => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  })

  test('tokens of a program work, each process with a record of its own in the store', async () => {
    const { acme, options } = await world({ store: memoryStore() })
    const [first, second] = [clientCredentials(options), clientCredentials(options)]
    expect((await first.getToken()).accessToken).toBe('token-1')
    expect((await first.getToken()).accessToken).toBe('token-1')
    expect((await second.getToken()).accessToken).toBe('token-2')
    expect(acme.paths()).toEqual(['/token', '/token'])
  })

  test('a sign-in with PKCE is refused in words that say what is missing', async () => {
    const { acme, options } = await world()
    const credential = oauth2.authorizationCode({
      ...options,
      ...{ authorizationUrl: `${acme.origin}/authorize`, redirectUri: 'https://boats.example.com/callback' },
    })
    const error = await rejection(credential.beginSignIn())
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'no_web_crypto' })
    expect(error.message).toContain('crypto.subtle')
  })
})
