import { isCredentialError } from '@valetkey/core'
import { findLeaks } from '@valetkey/testing'
import { decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { resolveTokenEndpoint } from '../src/endpoint.ts'
import type { ClientKey } from '../src/index.ts'
import { clientCredentials } from '../src/index.ts'
import { acquire, clientGrant, complete, failureOf, NOW, refresh, userGrant } from './helpers/grants.ts'
import { startTokenServer } from './helpers/token-server.ts'

const TOKENS = { access_token: 'first-token', expires_in: 3600 }
const TOKEN_URL = 'https://login.example.com/token'
const { privateKey, publicKey } = await generateKeyPair('ES256')

function keyed(options: Partial<Parameters<typeof complete>[0]> & { tokenUrl: string }) {
  return { clientSecret: undefined, clientKey: privateKey, ...options }
}

function formOf(body: string | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body))
}

describe('a client with a key', () => {
  test('sends a signed assertion instead of a secret (RFC 7523)', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    await acquire(clientGrant(keyed({ tokenUrl: server.tokenUrl })))
    const { client_assertion = '', ...rest } = formOf(server.requests[0]?.body)
    expect(rest).toEqual({
      grant_type: 'client_credentials',
      client_id: 'boat-app',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    })
    expect(server.requests[0]?.headers.authorization).toBeUndefined()
    const { payload, protectedHeader } = await jwtVerify(client_assertion, publicKey, { currentDate: new Date(NOW) })
    const { iat = 0 } = payload
    expect([NOW / 1000 - 1, NOW / 1000]).toContain(iat)
    expect(payload).toEqual({
      iss: 'boat-app',
      sub: 'boat-app',
      aud: server.tokenUrl,
      jti: expect.stringMatching(/^.{20,}$/),
      iat,
      nbf: iat,
      exp: iat + 60,
    })
    expect(protectedHeader).toEqual({ alg: 'ES256' })
  })

  test('makes a new assertion for each request, refreshes too', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const grant = userGrant(keyed({ tokenUrl: server.tokenUrl }))
    await acquire(grant)
    await refresh(grant)
    const assertions = server.requests.map(({ body }) => formOf(body).client_assertion)
    expect(assertions).toEqual([expect.any(String), expect.any(String)])
    expect(assertions[0]).not.toBe(assertions[1])
  })

  test('names its key where the vendor knows several', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    await acquire(clientGrant(keyed({ tokenUrl: server.tokenUrl, clientKey: { key: privateKey, kid: 'spring' } })))
    const { client_assertion = '' } = formOf(server.requests[0]?.body)
    expect(decodeProtectedHeader(client_assertion)).toEqual({ alg: 'ES256', kid: 'spring' })
  })

  test('addresses the issuer where it is known', async () => {
    await using server = await startTokenServer((request, response) => {
      const { origin } = server
      const document = { issuer: `${origin}/tenant`, token_endpoint: server.tokenUrl }
      response.end(JSON.stringify(request.method === 'GET' ? document : TOKENS))
    })
    const issuer = `${server.origin}/tenant`
    const options = { ...complete(keyed({ tokenUrl: server.tokenUrl })), tokenUrl: undefined, issuer }
    await clientCredentials(options).getToken()
    const { client_assertion = '' } = formOf(server.requests.at(-1)?.body)
    expect((await jwtVerify(client_assertion, publicKey)).payload.aud).toBe(issuer)
  })

  test('addresses an issuer that publishes nothing, where the endpoints are named by hand', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const issuer = 'https://login.example.com/tenant'
    await acquire(clientGrant(keyed({ tokenUrl: server.tokenUrl, issuer })))
    const { client_assertion = '' } = formOf(server.requests[0]?.body)
    expect(decodeJwt(client_assertion).aud).toBe(issuer)
    expect(server.requests).toHaveLength(1)
  })

  test('signs with the algorithm of the key', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    for (const algorithm of ['RS256', 'PS384', 'ES384', 'Ed25519']) {
      const pair = await generateKeyPair(algorithm)
      await acquire(clientGrant(keyed({ tokenUrl: server.tokenUrl, clientKey: pair.privateKey })))
      const { client_assertion = '' } = formOf(server.requests.at(-1)?.body)
      const verified = await jwtVerify(client_assertion, pair.publicKey, { currentDate: new Date(NOW) })
      expect(verified.protectedHeader.alg).toBe(algorithm)
    }
  })

  test('may get its key from a vault, anew for each request', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const names = ['monday', 'tuesday']
    const clientKey = async () => ({ key: privateKey, kid: names.shift() })
    const grant = clientGrant(keyed({ tokenUrl: server.tokenUrl, clientKey }))
    await acquire(grant)
    await acquire(grant)
    const kids = server.requests.map(({ body }) => decodeProtectedHeader(formOf(body).client_assertion ?? '').kid)
    expect(kids).toEqual(['monday', 'tuesday'])
  })

  test('uses a secret where it has both, unless it says otherwise', () => {
    const both = complete({ tokenUrl: TOKEN_URL, clientKey: privateKey })
    expect(resolveTokenEndpoint(both).clientAuthentication.method).toBe('client_secret_basic')
    const explicit = complete({ ...both, tokenUrl: TOKEN_URL, clientAuthentication: 'private_key_jwt' })
    expect(resolveTokenEndpoint(explicit).clientAuthentication.method).toBe('private_key_jwt')
  })

  test('shows no assertion that the vendor echoes', async () => {
    await using server = await startTokenServer((_request, response) => {
      const { client_assertion } = formOf(server.requests.at(-1)?.body)
      response.writeHead(401)
      response.end(JSON.stringify({ error: 'invalid_client', error_description: `bad: ${client_assertion}` }))
    })
    const failure = await failureOf(acquire(clientGrant(keyed({ tokenUrl: server.tokenUrl }))))
    expect(failure).toMatchObject({ kind: 'client_rejected', description: 'bad: ***' })
  })
})

describe('a key that cannot be used', () => {
  const weak = crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    false,
    ['sign', 'verify'],
  )

  test.each<[string, () => unknown, string]>([
    ['a vault that is down', () => Promise.reject(new Error('canary-in-a-vault-error')), 'could not be read'],
    ['a vault that gives a text', () => 'canary-private-key', 'could not be read'],
    ['a public key', () => publicKey, 'could not be read'],
    ['an algorithm that JWS does not know', async () => (await weak).privateKey, 'could not sign'],
  ])('%s: nothing is sent, and the reason holds no secret', async (_name, clientKey, reason) => {
    await using server = await startTokenServer({ body: TOKENS })
    const grant = clientGrant(keyed({ tokenUrl: server.tokenUrl, clientKey: clientKey as () => ClientKey }))
    const failure = await failureOf(acquire(grant))
    expect(failure).toEqual({ kind: 'token_unavailable', sent: false, description: `"clientKey" ${reason}` })
    expect(server.requests).toEqual([])
    expect(findLeaks(failure, ['canary-in-a-vault-error', 'canary-private-key'])).toEqual([])
  })

  test.each<[string, unknown, string]>([
    ['no key', undefined, 'is required'],
    [
      'a text',
      '-----BEGIN PRIVATE KEY-----canary',
      'must be a private CryptoKey with the usage "sign", or { key, kid }',
    ],
    ['a public key', publicKey, 'must be a private CryptoKey with the usage "sign", or { key, kid }'],
    [
      'a kid that is no text',
      { key: privateKey, kid: 7 },
      'must be a private CryptoKey with the usage "sign", or { key, kid }',
    ],
  ])('%s is told where the credential is made', (_name, clientKey, problem) => {
    const options = { ...complete({ tokenUrl: TOKEN_URL }), clientAuthentication: 'private_key_jwt', clientKey }
    const error: unknown = attempt(() => Reflect.apply(clientCredentials, undefined, [options]))
    if (!isCredentialError(error, 'invalid_option')) throw error
    expect(error.message).toBe(`[acme] "clientKey" ${problem}`)
  })
})

function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
