import { isCredentialError } from '@valetkey/core'
import type { SignInCredential } from '@valetkey/oauth2'
import { authorizationCode, clientCredentials, createTokenIntrospector, deviceCode } from '@valetkey/oauth2'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CLIENTS } from '../dpop/support/clients.ts'
import { createPerson } from './support/person.ts'
import type { Method } from './support/program.ts'
import { createProgram, optionsAt, REDIRECT_URI } from './support/program.ts'
import { startOidcServer } from './support/provider.ts'

const POLLING_PAUSES_MS = 10_000

/** A provider that takes no proof without its nonce, and gives this client no token without a proof. */
async function startWorld(method: Method, dpop: boolean | { readonly alg: 'Ed25519' } = true) {
  const program = await createProgram(method)
  const dPoP = { enabled: true, nonceSecret: Buffer.alloc(32, 'synthetic'), requireNonce: () => true }
  const server = await startOidcServer([{ ...program.metadata, dpop_bound_access_tokens: true }], { dPoP })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { server, options: { ...optionsAt(server.issuer, program), dpop } }
}

async function signInByCode(credential: SignInCredential): Promise<void> {
  const { url, signIn } = await credential.beginSignIn({ extra: { prompt: 'consent' } })
  await credential.completeSignIn(await createPerson('ada').agree(url), signIn)
}

describe.each(Object.entries(CLIENTS))('%s at oidc-provider with DPoP', (_, connect) => {
  test('asks for what the provider’s own API says, before and after a refresh that proves the key', async () => {
    const { server, options } = await startWorld('none')
    const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    await signInByCode(credential)
    const send = connect(credential)
    const me = async () => {
      const { status, text } = await send(`${server.issuer}/me`)
      return { status, ...JSON.parse(text) }
    }
    expect(await me()).toEqual({ status: 200, sub: 'ada' })
    await credential.renew(await credential.authorization())
    expect(await me()).toEqual({ status: 200, sub: 'ada' })
    expect(server.granted).toEqual(['authorization_code', 'refresh_token'])
    // The first proof of all had no nonce yet.
    expect(server.refused).toEqual(['use_dpop_nonce'])
    const introspect = createTokenIntrospector(options)
    const { accessToken } = await credential.getToken()
    expect(await introspect(accessToken)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: expect.any(String) },
    })
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(await introspect(accessToken)).toEqual({ active: false })
  })
})

describe('at oidc-provider with DPoP', () => {
  test.each(['client_secret_basic', 'private_key_jwt'] as const)(
    'a client with %s gets tokens for itself',
    async (method) => {
      const { server, options } = await startWorld(method)
      const credential = clientCredentials({ ...options, scopes: [] })
      await credential.getToken()
      await credential.renew(await credential.authorization())
      expect(await credential.getToken()).toMatchObject({ tokenType: 'DPoP' })
      expect(server.granted).toEqual(['client_credentials', 'client_credentials'])
      expect(server.refused).toEqual(['use_dpop_nonce'])
    },
  )

  test('a person signs in on another device', async () => {
    const { server, options } = await startWorld('none', { alg: 'Ed25519' })
    const credential = deviceCode(options)
    const { verificationUriComplete = '', done } = await credential.beginSignIn()
    await options.clock.waitForSleep(POLLING_PAUSES_MS)
    await createPerson('ada').agree(verificationUriComplete)
    await options.clock.runUntil(done, POLLING_PAUSES_MS)
    await credential.renew(await credential.authorization())
    expect(await CLIENTS.fetch?.(credential)(`${server.issuer}/me`)).toMatchObject({ status: 200 })
  })

  test('the refresh token of a public client is of no use without its key', async () => {
    const { server, options } = await startWorld('none')
    const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
    await signInByCode(credential)
    const [key = ''] = (await Array.fromAsync(options.store.list?.() ?? [])).filter((name) =>
      name.startsWith('["vk1",'),
    )
    const { value = '{}', version } = await options.store.get(key)
    const { proofKey, ...record } = JSON.parse(value)
    expect(proofKey).toMatchObject({ kty: 'EC' })
    // A thief, or an older copy of the store, has the tokens and not the key.
    await options.store.compareAndSet(key, version, JSON.stringify(record))
    const stripped = authorizationCode({ ...options, store: { ...options.store }, redirectUri: REDIRECT_URI })
    const error: unknown = await stripped.renew(await stripped.authorization()).catch((reason: unknown) => reason)
    expect(isCredentialError(error) && error.code).toBe('reauthorization_required')
    expect(server.refused).toEqual(['use_dpop_nonce', 'use_dpop_nonce', 'invalid_grant'])
  })
})
