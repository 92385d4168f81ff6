import { inspect } from 'node:util'
import { type Credential, isCredentialError, memoryStore, type TokenStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials, password } from '@valetkey/oauth2'
import { encryptedStore } from '@valetkey/store-encrypted'
import { findLeaks, virtualClock } from '@valetkey/testing'
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ProofServer, type ProofServerOptions, startProofServer } from './support/proof-server.ts'

const USER = { username: 'skipper', password: 'canary-password' }

async function start(options: ProofServerOptions = {}) {
  const server = await startProofServer(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const clock = virtualClock({ now: Date.now() })
  const store = memoryStore({ clock })
  return { server, clock, store, ...connectors(server, { clock, store }) }
}

function connectors({ origin, tokenUrl }: ProofServer, more: object) {
  const common = { vendor: 'acme', clientId: 'boat-app', origins: [origin], tokenUrl, allowInsecureRequests: true }
  const own = { ...common, ...more, dpop: true }
  return {
    /** A confidential client, which acquires each token. */
    acquiring: (options: object = {}) =>
      clientCredentials({ ...own, clientSecret: 'canary-client-secret', keyedBy: 'identity', ...options }),
    /** A public client, whose refresh tokens are bound to its key as well. */
    refreshing: (options: object = {}) => password({ ...own, ...USER, keyedBy: 'identity', ...options }),
  }
}

async function storedRecords(store: TokenStore): Promise<Record<string, never>[]> {
  const keys = await Array.fromAsync(store.list?.() ?? [])
  return Promise.all(keys.map(async (key) => JSON.parse((await store.get(key)).value ?? '{}')))
}

/** As a client does when the API refuses the token. */
const renew = async (credential: Credential) => credential.renew(await credential.authorization())

async function errorOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (isCredentialError(error)) return error
  throw error
}

describe('the key', () => {
  test('is made once, stands beside the tokens, and is the one of all who share the store', async () => {
    const { server, store, acquiring } = await start()
    const { origin } = server
    const [first, second] = [acquiring(), acquiring()]
    await withCredential(fetch, first)(`${origin}/things`)
    await renew(second)
    await withCredential(fetch, second)(`${origin}/things`)
    expect(server.accepted.filter((what) => what.startsWith('POST'))).toHaveLength(2)
    const [record, ...others] = await storedRecords(store)
    expect(others).toEqual([])
    expect([...server.keys]).toEqual([await calculateJwkThumbprint(record?.proofKey ?? {})])
    expect(record).toMatchObject({ proofKey: { kty: 'EC', crv: 'P-256', alg: 'ES256', d: expect.any(String) } })
  })

  test('binds refresh tokens, so that each refresh proves it: also by a process that has just started', async () => {
    const { server, clock, store, refreshing } = await start({ refreshTokens: true, expiresIn: 10 })
    await refreshing().getToken()
    for (let count = 0; count < 3; count += 1) {
      await clock.advance(15_000)
      // Another memory store object over the same records is another process.
      const credential = refreshing({ store: { ...store } })
      expect(await withCredential(fetch, credential)(`${server.origin}/things`)).toMatchObject({ status: 200 })
    }
    expect(server.accepted.filter((what) => what.startsWith('POST'))).toEqual([
      'POST /token password',
      ...Array.from({ length: 3 }, () => 'POST /token refresh_token'),
    ])
    expect([server.keys.size, server.refused]).toEqual([1, []])
  })

  test('is that of the tokens for every API of the grant', async () => {
    const { server, refreshing, clock } = await start({ refreshTokens: true })
    const credential = refreshing()
    const api = credential.resource('https://mail.example.com', { origins: [server.origin] })
    expect(await withCredential(fetch, api)(`${server.origin}/things`)).toMatchObject({ status: 200 })
    await clock.advance(10_000)
    expect(await withCredential(fetch, credential)(`${server.origin}/things`)).toMatchObject({ status: 200 })
    await renew(api)
    expect(await withCredential(fetch, api)(`${server.origin}/things`)).toMatchObject({ status: 200 })
    expect([server.keys.size, server.refused]).toEqual([1, []])
  })

  test.each(['ES384', 'EdDSA', 'RS256'])('may be one for %s', async (alg) => {
    const { server, acquiring } = await start({ alg })
    const credential = acquiring({ dpop: { alg } })
    expect(await withCredential(fetch, credential)(`${server.origin}/things`)).toMatchObject({ status: 200 })
    expect(server.proofs.map((proof) => proof.alg)).toEqual([alg, alg])
    for (const { publicJwk } of server.proofs) expect(Object.keys(publicJwk ?? {})).not.toContain('d')
  })

  test('of the program is not stored, need not be extractable, and tells records apart', async () => {
    const { server, store, acquiring } = await start()
    const keys = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')])
    const pairs = await Promise.all(
      keys.map(async ({ privateKey, publicKey }) => ({ privateKey, publicJwk: await exportJWK(publicKey) })),
    )
    for (const key of [...pairs, ...pairs]) {
      const credential = acquiring({ dpop: { key } })
      expect(await withCredential(fetch, credential)(`${server.origin}/things`)).toMatchObject({ status: 200 })
    }
    const thumbprints = await Promise.all(pairs.map(({ publicJwk }) => calculateJwkThumbprint(publicJwk)))
    expect([...server.keys]).toEqual(thumbprints)
    const records = await storedRecords(store)
    expect(records).toHaveLength(2)
    for (const record of records) expect(record).not.toHaveProperty('proofKey')
  })

  test('goes with a sign-out', async () => {
    const { store, refreshing } = await start({ refreshTokens: true })
    const credential = refreshing()
    await credential.getToken()
    await credential.signOut()
    const [record] = await storedRecords(store)
    expect(record).toMatchObject({ signedOut: true })
    expect(record).not.toHaveProperty('proofKey')
  })

  test('shows nowhere but in the store, and nowhere in one that is encrypted', async () => {
    const { store, acquiring } = await start()
    const credential = acquiring()
    const authorization = await credential.authorization()
    const proved = await credential.prove?.(authorization, { url: 'https://api.example.com/things' })
    const [record] = await storedRecords(store)
    const { d } = Object(record?.proofKey)
    const shown = [credential, authorization, proved, await credential.status(), await credential.getToken()]
    const details = await credential.details()
    for (const value of [...shown, details]) {
      expect(findLeaks(value, [String(d)], (it) => inspect(it, { depth: 9, showHidden: true }))).toEqual([])
    }
    expect(findLeaks(proved, [proved?.headers.dpop ?? 'none'])).toEqual([])

    const sealed = memoryStore()
    const keys = [{ id: 'spring', key: new Uint8Array(32) }]
    await acquiring({ store: encryptedStore(sealed, { keys }) }).getToken()
    const [text] = await Promise.all((await Array.fromAsync(sealed.list?.() ?? [])).map((key) => sealed.get(key)))
    expect(text?.value).not.toContain('proofKey')
  })
})

describe('a token endpoint', () => {
  test.each(['Bearer', 'bearer', null])(
    'that answers with the token_type %s is told from one that binds tokens',
    async (tokenType) => {
      const { server, acquiring, refreshing } = await start({ tokenType, refreshTokens: true })
      for (const credential of [acquiring(), refreshing()]) {
        const error = await errorOf(credential.getToken())
        expect(error).toMatchObject({ code: 'client_rejected', isRetryable: false })
        expect(error.message).toContain(
          'the server gave a Bearer token although "dpop" asks for one that is bound to a key',
        )
      }
      expect(server.accepted).toHaveLength(2)
    },
  )

  test('that stops to bind tokens ends no sign-in: its new refresh token is kept, and the access token is used on', async () => {
    const { server, clock, store, refreshing } = await start({ refreshTokens: true })
    const credential = refreshing()
    const { accessToken } = await credential.getToken()
    const [before] = await storedRecords(store)
    server.callTokens('Bearer')
    await clock.advance(10_000)
    const error = await errorOf(clock.runUntil(renew(credential), 10_000))
    expect(error).toMatchObject({ code: 'token_unavailable' })
    server.callTokens('DPoP')
    const [after] = await storedRecords(store)
    expect(after?.tokens).toMatchObject({ accessToken })
    expect(Object(after?.tokens).refreshToken).not.toBe(Object(before?.tokens).refreshToken)
    await clock.advance(20_000)
    expect(await withCredential(fetch, credential)(`${server.origin}/things`)).toMatchObject({ status: 200 })
    await renew(credential)
    expect(server.refused).toEqual([])
  })

  test('that asks for another nonce gets another proof and another client assertion', async () => {
    const { server, acquiring } = await start({ nonceLasts: 1 })
    const { privateKey } = await generateKeyPair('ES256')
    const bodies: string[] = []
    const send: typeof fetch = (input, init) => {
      if (typeof init?.body === 'string') bodies.push(init.body)
      return fetch(input, init)
    }
    const keyed = { clientSecret: undefined, clientKey: privateKey, fetch: send }
    await acquiring(keyed).getToken()
    expect(server.refused).toEqual(['POST /token use_dpop_nonce'])
    const assertions = bodies.map((body) => decodeJwt(new URLSearchParams(body).get('client_assertion') ?? '').jti)
    expect(new Set(assertions).size).toBe(2)
    expect(server.proofs.map(({ claims }) => claims.nonce)).toEqual([undefined, 'nonce-1'])
  })

  test('that is never satisfied gets four proofs for each token request, and is an outage', async () => {
    const { server, clock, acquiring } = await start({ neverSatisfied: true })
    const error = await errorOf(clock.runUntil(acquiring().getToken(), 2_000))
    expect(error).toMatchObject({ code: 'token_unavailable', oauthError: 'use_dpop_nonce' })
    // The flight itself tries four times.
    expect(server.refused).toHaveLength(4 * 4)
  })

  test.each([1, -1])('whose clock differs by %i hours is believed about the time of its proofs', async (hours) => {
    const { server, acquiring } = await start({ aheadMs: hours * 3_600_000 })
    const send = withCredential(fetch, acquiring())
    for (let count = 0; count < 3; count += 1)
      expect(await send(`${server.origin}/things`)).toMatchObject({ status: 200 })
    expect(server.refused).toEqual(['POST /token invalid_dpop_proof iat'])
  })
})

test('with and without proofs, no process is given the other’s tokens', async () => {
  const { server, store, acquiring } = await start()
  await acquiring().getToken()
  const plain = acquiring({ dpop: false })
  expect(await errorOf(plain.getToken())).toMatchObject({ code: 'client_rejected' })
  expect(await storedRecords(store)).toHaveLength(2)
  expect(server.refused).toEqual(['POST /token invalid_dpop_proof there is not exactly one proof'])
})

test('tokens that were imported as Bearer are sent so until they are refreshed', async () => {
  const { server, refreshing } = await start({ refreshTokens: true })
  const credential = refreshing()
  await credential.importTokens({ accessToken: 'imported-token' })
  const authorization = await credential.authorization()
  expect(authorization.headers).toEqual({ authorization: 'Bearer imported-token' })
  expect(await credential.prove?.(authorization, { url: `${server.origin}/things` })).toBeUndefined()
  await renew(credential)
  expect((await credential.authorization()).headers.authorization).toMatch(/^DPoP access-/)
})

describe('the test server', () => {
  test('refuses a proof that comes twice, or for another method, URL or token', async () => {
    const { server, acquiring } = await start()
    const { origin } = server
    const [credential, other] = [acquiring(), acquiring({ account: 'other' })]
    const proofFor = async (url: string, method?: string) =>
      (await credential.prove?.(await credential.authorization(), { url, method }))?.headers ?? {}
    const send = (headers: Record<string, string>, path = '/things', method = 'GET') =>
      fetch(`${origin}${path}`, { method, headers }).then(({ status }) => status)
    const used = await proofFor(`${origin}/things`)
    const otherToken = (await other.authorization()).headers
    const { dpop = '' } = await proofFor(`${origin}/things`)
    const [header, payload = '', signature = ''] = dpop.split('.')
    const forged = [header, payload, signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))].join('.')
    expect([
      await send(used),
      await send(used),
      await send(await proofFor(`${origin}/others`)),
      await send(await proofFor(`${origin}/things`, 'PUT')),
      await send({ ...(await proofFor(`${origin}/things`)), ...otherToken }),
      await send({ ...used, dpop: forged }),
    ]).toEqual([200, 401, 401, 401, 401, 401])
    expect(server.refused).toEqual([
      'GET /things invalid_dpop_proof jti',
      'GET /things invalid_dpop_proof htu',
      'GET /things invalid_dpop_proof htm',
      'GET /things invalid_dpop_proof ath',
      'GET /things invalid_dpop_proof it is not signed, or not with its own key',
    ])
  })
})
