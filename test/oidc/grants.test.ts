import type { TokenCredential } from '@valetkey/core'
import { isCredentialError } from '@valetkey/core'
import type { DeviceCredential, SignInCredential } from '@valetkey/oauth2'
import { authorizationCode, clientCredentials, createTokenIntrospector, deviceCode } from '@valetkey/oauth2'
import type { VirtualClock } from '@valetkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createPerson } from './support/person.ts'
import type { Method, Program } from './support/program.ts'
import { createProgram, optionsAt, REDIRECT_URI } from './support/program.ts'
import type { Features, OidcServer } from './support/provider.ts'
import { startOidcServer } from './support/provider.ts'

const WITH_SECRET: readonly Method[] = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
const METHODS: readonly Method[] = ['none', ...WITH_SECRET]
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const POLLING_PAUSES_MS = 10_000

interface World {
  readonly server: OidcServer
  readonly program: Program
  readonly options: ReturnType<typeof optionsAt>
}

async function startWorld(method: Method, features?: Features): Promise<World> {
  const program = await createProgram(method)
  const server = await startOidcServer([program.metadata], features)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { server, program, options: optionsAt(server.issuer, program) }
}

async function signInByCode(credential: SignInCredential): Promise<void> {
  const { url, signIn } = await credential.beginSignIn({ extra: { prompt: 'consent' } })
  await credential.completeSignIn(await createPerson('ada').agree(url), signIn)
}

async function signInByDevice(credential: DeviceCredential, clock: VirtualClock): Promise<void> {
  const { verificationUriComplete = '', done } = await credential.beginSignIn()
  await clock.waitForSleep(POLLING_PAUSES_MS)
  await createPerson('ada').agree(verificationUriComplete)
  await clock.runUntil(done, POLLING_PAUSES_MS)
}

/** As a client plugin does when the API refuses a token that had been good. */
async function renew(credential: TokenCredential): Promise<string> {
  const renewed = await credential.renew(await credential.authorization())
  credential.observe?.('replayed', { generation: renewed?.generation ?? 0, status: 200, accepted: true })
  return (await credential.getToken()).accessToken
}

/** The access tokens of a credential's life: as signed in, then after each of two refreshes. */
async function threeTokens(credential: TokenCredential): Promise<string[]> {
  const { accessToken } = await credential.getToken()
  return [accessToken, await renew(credential), await renew(credential)]
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (isCredentialError(error)) return error.code
  throw error
}

describe.each(METHODS)('at oidc-provider, a client with %s', (method) => {
  test('signs a person in by code, refreshes with tokens that work once, and signs out', async () => {
    const { server, options } = await startWorld(method)
    const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    await signInByCode(credential)
    const tokens = await threeTokens(credential)
    expect(new Set(tokens).size).toBe(3)
    const introspect = createTokenIntrospector(options)
    expect(await introspect(tokens[2] ?? '')).toMatchObject({ active: true, sub: 'ada', client_id: options.clientId })
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(await introspect(tokens[2] ?? '')).toEqual({ active: false })
    expect(await codeOf(credential.getToken())).toBe('not_signed_in')
    expect(server.granted).toEqual(['authorization_code', 'refresh_token', 'refresh_token'])
    expect(server.refused).toEqual([])
  })

  test('signs a person in on another device, refreshes with tokens that work once, and signs out', async () => {
    const { server, options } = await startWorld(method)
    const credential = deviceCode(options)
    await signInByDevice(credential, options.clock)
    const tokens = await threeTokens(credential)
    expect(new Set(tokens).size).toBe(3)
    const introspect = createTokenIntrospector(options)
    expect(await introspect(tokens[2] ?? '')).toMatchObject({ active: true, sub: 'ada', client_id: options.clientId })
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(await introspect(tokens[2] ?? '')).toEqual({ active: false })
    expect(server.granted).toEqual([DEVICE_GRANT, 'refresh_token', 'refresh_token'])
    expect(server.refused).toEqual([])
  })

  test('pushes its authorization requests where the provider requires it', async () => {
    const { server, options } = await startWorld(method, {
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
    })
    const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    const { url } = await credential.beginSignIn()
    expect([...url.searchParams.keys()]).toEqual(['client_id', 'request_uri'])
    await signInByCode(credential)
    expect(await credential.status()).toMatchObject({ state: 'ready' })
    expect(server.granted).toEqual(['authorization_code'])
  })
})

describe.each(WITH_SECRET)('at oidc-provider, a client with %s', (method) => {
  test('gets tokens for itself, and ends them', async () => {
    const { server, options } = await startWorld(method)
    const credential = clientCredentials({ ...options, scopes: [] })
    const tokens = await threeTokens(credential)
    expect(new Set(tokens).size).toBe(3)
    const introspect = createTokenIntrospector(options)
    expect(await introspect(tokens[2] ?? '')).toMatchObject({ active: true, client_id: options.clientId })
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(await introspect(tokens[2] ?? '')).toEqual({ active: false })
    expect(server.granted).toEqual(['client_credentials', 'client_credentials', 'client_credentials'])
    expect(server.refused).toEqual([])
  })

  test('is refused with another’s secret or key, as a typed error', async () => {
    const { server, options } = await startWorld(method)
    const other = await createProgram('private_key_jwt')
    const wrong = {
      clientSecret: options.clientSecret && 'synthetic-wrong-secret',
      clientKey: options.clientKey && other.options.clientKey,
    }
    expect(await codeOf(clientCredentials({ ...options, ...wrong, scopes: [] }).getToken())).toBe('client_rejected')
    expect(await codeOf(createTokenIntrospector({ ...options, ...wrong })('any-token'))).toBe('client_rejected')
    expect(server.granted).toEqual([])
  })
})

describe('at oidc-provider', () => {
  test('a person who refuses is told from an error', async () => {
    const { options } = await startWorld('none')
    const byCode = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    const { url, signIn } = await byCode.beginSignIn()
    const cancelled = await createPerson('ada').cancel(url)
    await expect(byCode.completeSignIn(cancelled, signIn)).rejects.toMatchObject({ reason: 'access_denied' })

    const { verificationUriComplete = '', done } = await deviceCode(options).beginSignIn()
    await options.clock.waitForSleep(POLLING_PAUSES_MS)
    await createPerson('ada').cancel(verificationUriComplete)
    const refused = options.clock.runUntil(done, POLLING_PAUSES_MS)
    await expect(refused).rejects.toMatchObject({ code: 'sign_in_failed', reason: 'access_denied' })
  })

  test('a refresh token that somebody else has used ends the sign-in: the provider notices, and so does the program', async () => {
    const { server, options } = await startWorld('none')
    const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    await signInByCode(credential)
    const stolen = await storedRefreshToken(options.store)
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: stolen,
      client_id: options.clientId,
    })
    const thief = await fetch(`${server.issuer}/token`, { method: 'POST', body })
    expect(thief.status).toBe(200)
    expect(await codeOf(credential.renew(await credential.authorization()))).toBe('reauthorization_required')
    expect([server.refused, server.revoked]).toEqual([['invalid_grant'], [expect.any(String)]])
    const { access_token: ofTheThief } = Object(await thief.json())
    expect(await createTokenIntrospector(options)(ofTheThief)).toEqual({ active: false })
  })

  test('a token is for the API that was asked for, after a refresh too; self-contained, it ends with its refresh token', async () => {
    const api = 'https://api.example.com/boats'
    const { options } = await startWorld('client_secret_basic', { resourceIndicators: resourceServer() })
    const own = { ...options, scopes: ['openid', 'offline_access', 'read'], resource: api }
    const credentials = [authorizationCode({ ...own, redirectUri: REDIRECT_URI }), deviceCode(own)] as const
    await signInByCode(credentials[0])
    await signInByDevice(credentials[1], options.clock)
    for (const credential of credentials) {
      expect(await credential.claims()).toMatchObject({ aud: api, sub: 'ada', scope: 'read' })
      await renew(credential)
      expect(await credential.claims()).toMatchObject({ aud: api, sub: 'ada', scope: 'read' })
      expect(await credential.signOut()).toEqual({ revoked: true })
    }
    const itself = clientCredentials({ ...own, scopes: ['read'] })
    expect(await itself.claims()).toMatchObject({ aud: api, scope: 'read' })
    expect(await itself.signOut()).toEqual({ revoked: false })
  })
})

/** An API whose tokens are JWTs. */
function resourceServer() {
  const server = { scope: 'read', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } } as const
  return { enabled: true, getResourceServerInfo: () => server, useGrantedResource: () => true }
}

async function storedRefreshToken(store: World['options']['store']): Promise<string> {
  const keys = await Array.fromAsync(store.list?.() ?? [])
  const records = await Promise.all(keys.map(async (key) => JSON.parse((await store.get(key)).value ?? '{}')))
  return String(records.find(({ tokens }) => tokens !== undefined)?.tokens.refreshToken)
}
