import { createHash } from 'node:crypto'
import { authorizationCode, type OAuthOptions } from '@valetkey/oauth2'
import { describe, expect, test } from 'vitest'
import { REDIRECT_URI, startOAuthWorld, tokens } from './support/oauth-world.ts'

describe('where a person is sent to', () => {
  test('names the client, what is asked for and where to come back to', async () => {
    const { settings } = await startOAuthWorld()
    const credential = authorizationCode({ ...settings, redirectUri: REDIRECT_URI, scopes: ['read', 'write'] })
    const { url, signIn } = await credential.beginSignIn()
    expect(url.href.split('?')[0]).toBe(settings.authorizationUrl)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'harbour-office',
      redirect_uri: 'https://app.example/callback',
      scope: 'read write',
      state: signIn.state,
    })
  })

  test('has a PKCE challenge of a verifier that is as long as it must be, each time another', async () => {
    const { settings } = await startOAuthWorld()
    const credential = authorizationCode({ ...settings, redirectUri: REDIRECT_URI })
    const [first, second] = [await credential.beginSignIn(), await credential.beginSignIn()]
    for (const { url, signIn } of [first, second]) {
      expect(signIn.codeVerifier).toMatch(/^[\w-]{43,128}$/)
      const challenge = createHash('sha256')
        .update(signIn.codeVerifier ?? '')
        .digest('base64url')
      expect(url.searchParams.get('code_challenge')).toBe(challenge)
      expect(url.searchParams.get('code_challenge_method')).toBe('S256')
    }
    expect(first.signIn.codeVerifier).not.toBe(second.signIn.codeVerifier)
    expect(first.signIn.state).not.toBe(second.signIn.state)
  })

  test('takes further parameters, but none that would replace one of the protocol', async () => {
    const { settings } = await startOAuthWorld()
    const credential = authorizationCode({ ...settings, redirectUri: REDIRECT_URI })
    const { url } = await credential.beginSignIn({ extra: { prompt: 'consent' } })
    expect(url.searchParams.get('prompt')).toBe('consent')
    const replacing = credential.beginSignIn({ extra: { client_id: 'another' } })
    await expect(replacing).rejects.toMatchObject({ code: 'invalid_option' })
  })
})

test('names the APIs that the token is for, to the person and to the token endpoint', async () => {
  const resource = ['https://api.example/boats', 'https://api.example/harbours']
  const { vendor, settings, answerNext } = await startOAuthWorld()
  const { credential, url, signIn, come } = await beginSignIn({ ...settings, resource })
  answerNext(tokens('access-1'))
  await credential.completeSignIn(come({ code: 'code-1' }), signIn)
  expect(url.searchParams.getAll('resource')).toEqual(resource)
  expect(new URLSearchParams(vendor.requests.at(-1)?.body).getAll('resource')).toEqual(resource)
})

describe('when the person comes back', () => {
  test('the code is exchanged with the verifier, and the client proves itself with Basic', async () => {
    const { settings, answerNext, tokenRequests } = await startOAuthWorld()
    const { credential, signIn, come } = await beginSignIn(settings)
    answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    await credential.completeSignIn(come({ code: 'code-1' }), signIn)
    expect((await credential.getToken()).accessToken).toBe('access-1')
    expect(tokenRequests()).toEqual([
      {
        authorization: `Basic ${btoa('harbour-office:example-secret')}`,
        form: {
          grant_type: 'authorization_code',
          code: 'code-1',
          redirect_uri: 'https://app.example/callback',
          code_verifier: signIn.codeVerifier,
        },
      },
    ])
  })

  test('a client without a secret names itself in the form, without Basic', async () => {
    const { settings, answerNext, tokenRequests } = await startOAuthWorld()
    const { clientSecret: _, ...publicClient } = settings
    const { credential, signIn, come } = await beginSignIn(publicClient)
    answerNext(tokens('access-1'))
    await credential.completeSignIn(come({ code: 'code-1' }), signIn)
    const [request] = tokenRequests()
    expect(request?.authorization).toBeUndefined()
    expect(request?.form).toMatchObject({ client_id: 'harbour-office', code_verifier: signIn.codeVerifier })
  })

  test.each([
    ['another state', { code: 'code-1', state: 'of-somebody-else' }],
    ['no state', { code: 'code-1', state: undefined }],
    ['a refusal', { error: 'access_denied' }],
  ])('with %s, nothing is exchanged', async (_, answer) => {
    const { settings, tokenRequests } = await startOAuthWorld()
    const { credential, signIn, come } = await beginSignIn(settings)
    const completing = credential.completeSignIn(come(answer), signIn)
    await expect(completing).rejects.toMatchObject({ code: 'sign_in_failed' })
    expect(tokenRequests()).toEqual([])
  })

  test('a callback with its parameters behind "#" is none of the code flow', async () => {
    const { settings, tokenRequests } = await startOAuthWorld()
    const { credential, signIn, come } = await beginSignIn(settings)
    const completing = credential.completeSignIn(come({ code: 'code-1' }).href.replace('?', '#'), signIn)
    await expect(completing).rejects.toMatchObject({ code: 'sign_in_failed' })
    expect(tokenRequests()).toEqual([])
  })

  test('until then there is no token, and the error says that somebody must sign in', async () => {
    const { settings } = await startOAuthWorld()
    await expect(authorizationCode({ ...settings, redirectUri: REDIRECT_URI }).getToken()).rejects.toMatchObject({
      code: 'not_signed_in',
    })
  })

  test('a refresh token that has died asks for a person again', async () => {
    const { settings, clock, answerNext } = await startOAuthWorld()
    const { credential, signIn, come } = await beginSignIn(settings)
    answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    answerNext({ error: 'invalid_grant' }, 400)
    await credential.completeSignIn(come({ code: 'code-1' }), signIn)
    await clock.advance(3_600_000)
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'reauthorization_required' })
  })
})

describe('signing out', () => {
  test('ends the refresh token and the access token at the vendor, each named as what it is', async () => {
    const { vendor, settings, answerNext } = await startOAuthWorld()
    const revocationUrl = `${vendor.baseUrl}/v1/revoke`
    const { credential, signIn, come } = await beginSignIn({ ...settings, revocationUrl })
    answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    await credential.completeSignIn(come({ code: 'code-1' }), signIn)
    vendor.failNext({ on: 'api', status: 200, times: 2 })
    expect(await credential.signOut()).toEqual({ revoked: true })
    const revoked = vendor.requests.filter(({ path }) => path === '/v1/revoke')
    expect(revoked.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toMatchObject([
      { token: 'refresh-1', token_type_hint: 'refresh_token' },
      { token: 'access-1', token_type_hint: 'access_token' },
    ])
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'not_signed_in' })
  })

  test('finds the vendor’s endpoints by its discovery document', async () => {
    const { vendor, settings, answerNext } = await startOAuthWorld()
    const { baseUrl: issuer, tokenUrl } = vendor
    const { tokenUrl: _, authorizationUrl: __, ...undiscovered } = settings
    vendor.failNext({
      on: 'api',
      status: 200,
      body: {
        issuer,
        token_endpoint: tokenUrl,
        authorization_endpoint: `${issuer}/authorize`,
        revocation_endpoint: `${issuer}/v1/revoke`,
      },
    })
    const { credential, signIn, come } = await beginSignIn({ ...undiscovered, issuer })
    answerNext(tokens('access-1'))
    await credential.completeSignIn(come({ code: 'code-1', iss: issuer }), signIn)
    vendor.failNext({ on: 'api', status: 200 })
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(vendor.requests.at(-1)).toMatchObject({ path: '/v1/revoke', method: 'POST' })
  })
})

async function beginSignIn(options: OAuthOptions) {
  const credential = authorizationCode({ ...options, redirectUri: REDIRECT_URI })
  const { url, signIn } = await credential.beginSignIn()
  const come = (answer: Readonly<Record<string, string | undefined>>): URL => {
    const entries = Object.entries({ state: signIn.state, ...answer }).filter((entry) => entry[1] !== undefined)
    return new URL(`${REDIRECT_URI}?${new URLSearchParams(Object.fromEntries(entries))}`)
  }
  return { credential, url, signIn, come }
}
