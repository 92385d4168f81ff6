import type { TokenCredential } from '@valetkey/core'
import { memoryStore } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { clientCredentials, password } from '../src/index.ts'
import type { GrantOptions } from './helpers/grants.ts'
import { CLIENT_SECRET, complete, context, PASSWORD, userGrant } from './helpers/grants.ts'
import type { TokenServer } from './helpers/token-server.ts'
import { startTokenServer } from './helpers/token-server.ts'

const SIGN_IN = { username: 'skipper@example.com', password: PASSWORD }
const TOKENS = { access_token: 'first-access', refresh_token: 'first-refresh', expires_in: 3600 }

/** A vendor with a revocation endpoint; `refuse` gives the OAuth error for a kind of token. */
function startVendor(refuse: (tokenType: string | null) => string | undefined = () => undefined): Promise<TokenServer> {
  const started = startTokenServer((request, response) => {
    void started.then(({ origin, requests, tokenUrl }) => {
      const document = { issuer: origin, token_endpoint: tokenUrl, revocation_endpoint: `${origin}/discovered/revoke` }
      if (request.method === 'GET') return response.end(JSON.stringify(document))
      const form = new URLSearchParams(requests.at(-1)?.body)
      if (request.url === '/oauth/token') return response.end(JSON.stringify(TOKENS))
      const error = refuse(form.get('token_type_hint'))
      response.writeHead(error === undefined ? 200 : 400)
      return response.end(error === undefined ? '' : JSON.stringify({ error }))
    })
  })
  return started
}

function revocations({ requests }: TokenServer): Record<string, string>[] {
  const revoking = requests.filter(({ url }) => url.endsWith('/revoke'))
  return revoking.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
}

async function signedIn(server: TokenServer, options: Partial<GrantOptions> = {}): Promise<TokenCredential> {
  const urls = { tokenUrl: server.tokenUrl, revocationUrl: `${server.origin}/revoke` }
  const credential = password({ ...complete({ ...urls, ...options }), ...SIGN_IN })
  await credential.getToken()
  return credential
}

const REFRESH = { token: 'first-refresh', token_type_hint: 'refresh_token' }
const ACCESS = { token: 'first-access', token_type_hint: 'access_token' }

describe('signing out (RFC 7009)', () => {
  test('ends the refresh token at the vendor, then the access token', async () => {
    await using server = await startVendor()
    const credential = await signedIn(server)
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(revocations(server)).toEqual([REFRESH, ACCESS])
    const { authorization } = server.requests.at(-1)?.headers ?? {}
    expect(authorization).toBe(`Basic ${btoa(`boat-app:${CLIENT_SECRET}`)}`)
  })

  test('ends the refresh token alone where no access token came with it', async () => {
    await using server = await startVendor()
    const urls = { tokenUrl: server.tokenUrl, revocationUrl: `${server.origin}/revoke` }
    const { revoke } = userGrant(urls)
    await revoke?.({ accessToken: '', refreshToken: 'first-refresh' }, context())
    expect(revocations(server)).toEqual([REFRESH])
  })

  test('ends the only token of a program', async () => {
    await using server = await startVendor()
    const urls = { tokenUrl: server.tokenUrl, revocationUrl: `${server.origin}/revoke` }
    const credential = clientCredentials(complete(urls))
    await credential.getToken()
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(revocations(server)).toEqual([ACCESS])
  })

  test('finds the endpoint by the issuer', async () => {
    await using server = await startVendor()
    const issuer = server.origin
    const credential = await signedIn(server, { issuer, revocationUrl: undefined })
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(server.requests.at(-1)?.url).toBe('/discovered/revoke')
  })

  test('signs each revocation with the key of the client', async () => {
    await using server = await startVendor()
    const { privateKey } = await generateKeyPair('ES256')
    const credential = await signedIn(server, { clientSecret: undefined, clientKey: privateKey })
    expect(await credential.signOut()).toEqual({ revoked: true })
    const assertions = revocations(server).map(({ client_assertion }) => client_assertion)
    expect(new Set(assertions).size).toBe(2)
    expect(assertions).not.toContain(undefined)
  })

  test('counts as revoked where access tokens end with their refresh token only', async () => {
    await using server = await startVendor((type) => (type === 'access_token' ? 'unsupported_token_type' : undefined))
    expect(await (await signedIn(server)).signOut()).toEqual({ revoked: true })
  })
})

describe('a revocation that fails', () => {
  test.each([
    ['the refresh token', 'refresh_token'],
    ['the access token', 'access_token'],
  ])('for %s is told; both were tried, and nobody is signed in any more', async (_name, refused) => {
    await using server = await startVendor((type) => (type === refused ? 'invalid_client' : undefined))
    const store = memoryStore()
    const credential = await signedIn(server, { store })
    expect(await credential.signOut()).toEqual({ revoked: false })
    expect(revocations(server)).toEqual([REFRESH, ACCESS])
    expect(await credential.status()).toEqual({ state: 'renewable' })
  })

  test('because access tokens cannot be revoked and there is no other is told', async () => {
    await using server = await startVendor(() => 'unsupported_token_type')
    const credential = await signedIn(server)
    await storeSignIn(credential, { accessToken: 'alone' })
    expect(await credential.signOut()).toEqual({ revoked: false })
  })

  test('sends the tokens nowhere else when it is redirected (S3)', async () => {
    await using elsewhere = await startTokenServer({})
    await using server = await startVendor()
    const revoking = await startTokenServer({ status: 307, headers: { location: elsewhere.tokenUrl } })
    await using _ = revoking
    const credential = await signedIn(server, { revocationUrl: revoking.tokenUrl })
    expect(await credential.signOut()).toEqual({ revoked: false })
    expect(revoking.requests).toHaveLength(2)
    expect(elsewhere.requests).toEqual([])
  })

  test('is not tried where the vendor has no endpoint for it; no secret is read for it', async () => {
    await using server = await startVendor()
    let secretsRead = 0
    const clientSecret = () => {
      secretsRead += 1
      return CLIENT_SECRET
    }
    const credential = await signedIn(server, { revocationUrl: undefined, clientSecret })
    expect(await credential.signOut()).toEqual({ revoked: false })
    expect([server.requests.length, secretsRead]).toEqual([1, 1])
  })
})
