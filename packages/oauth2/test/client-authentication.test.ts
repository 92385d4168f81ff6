import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { resolveTokenEndpoint } from '../src/endpoint.ts'
import { clientCredentialsGrant } from '../src/grants/client-credentials.ts'
import type { OAuthOptions } from '../src/index.ts'
import { authorizationCode, clientCredentials, createTokenIntrospector, deviceCode, password } from '../src/index.ts'
import { resolveClientAuthentication } from '../src/wire/client-auth.ts'
import type { GrantOptions } from './helpers/grants.ts'
import { acquire, CLIENT_SECRET, complete, context, failureOf, REFRESH_TOKEN } from './helpers/grants.ts'
import { startTokenServer } from './helpers/token-server.ts'

test.each([
  ['client_secret_basic', [CLIENT_SECRET, Buffer.from(`boat-app:${CLIENT_SECRET}`).toString('base64')]],
  ['client_secret_post', [CLIENT_SECRET]],
  ['none', []],
] as const)('%s names the secret texts of its request, so that no error shows them', async (method, secrets) => {
  const clientSecret = method === 'none' ? undefined : CLIENT_SECRET
  const options = complete({ tokenUrl: 'https://login.example.com/token', clientAuthentication: method, clientSecret })
  expect((await resolveClientAuthentication(options, nobody).authenticate(context())).secrets).toEqual(secrets)
})

async function nobody(): Promise<string> {
  throw new Error('no assertion is made')
}

describe('a client whose secret is empty, as the vendor documents it', () => {
  const TOKEN_URL = 'https://login.example.com/token'
  const USER = { username: 'skipper', password: 'canary-password' }
  const BASIC = `Basic ${btoa('boat-app:')}`

  /** `clientSecret` is left out, which is not the same as `undefined`. */
  function withoutSecret(options: GrantOptions): OAuthOptions {
    const { clientSecret: _, ...rest } = complete(options)
    return { clientAuthentication: 'client_secret_basic', ...rest }
  }

  test('sends its id with an empty password, at the first request and at a refresh', async () => {
    const body = { access_token: 'token', expires_in: 3600, refresh_token: REFRESH_TOKEN, nickname: '' }
    await using server = await startTokenServer({ body })
    const clock = virtualClock()
    const credential = password({ ...withoutSecret({ tokenUrl: server.tokenUrl, clock }), ...USER })
    await credential.getToken()
    await clock.advance(3_600_000)
    await credential.getToken()
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([BASIC, BASIC])
    const forms = server.requests.map((request) => Object.fromEntries(new URLSearchParams(request.body)))
    expect(forms).toEqual([
      { grant_type: 'password', ...USER },
      { grant_type: 'refresh_token', refresh_token: REFRESH_TOKEN },
    ])
  })

  test('keeps the empty members of an answer, and its words stay readable', async () => {
    await using server = await startTokenServer({ body: { access_token: 'token', nickname: '' } })
    const tokens = await acquire(clientCredentialsGrant(resolveTokenEndpoint(withoutSecret(server))))
    expect(tokens.extra).toEqual({ nickname: '' })
    const answer = { status: 401, body: { error: 'invalid_client', error_description: 'No such client.' } }
    await using refusing = await startTokenServer(answer)
    const grant = clientCredentialsGrant(resolveTokenEndpoint(withoutSecret(refusing)))
    expect(await failureOf(acquire(grant))).toMatchObject({ description: 'No such client.' })
  })

  test.each<[string, (options: OAuthOptions) => () => Promise<unknown>]>([
    ['clientCredentials', (options) => () => clientCredentials(options).getToken()],
    ['password', (options) => () => password({ ...options, ...USER }).getToken()],
    ['deviceCode', (options) => () => deviceCode({ ...options, deviceAuthorizationUrl: TOKEN_URL }).beginSignIn()],
    [
      'createTokenIntrospector',
      (options) => () => {
        const { origins: _, ...rest } = options
        return createTokenIntrospector(rest)('a-token')
      },
    ],
  ])('is one in %s, too', async (_, prepare) => {
    const sent: unknown[] = []
    const fetch: typeof globalThis.fetch = async (_url, init) => {
      sent.push(new Headers(init?.headers).get('authorization'))
      return Response.json({ error: 'invalid_client' }, { status: 401 })
    }
    const options = withoutSecret({ tokenUrl: TOKEN_URL, introspectionUrl: TOKEN_URL, fetch })
    await expect(prepare(options)()).rejects.toMatchObject({ code: 'client_rejected' })
    expect(sent).toEqual([BASIC])
  })

  test.each<[string, object]>([
    ['the variable is not set', { clientSecret: undefined }],
    ['the variable is not set, with a default', { clientSecret: '' }],
    ['no method says that it is empty', { clientAuthentication: undefined, clientSecret: '' }],
    ['the body is where it goes', { clientAuthentication: 'client_secret_post' }],
  ])('is not meant when %s', (_, changes) => {
    const options = {
      ...withoutSecret({ tokenUrl: TOKEN_URL, clientAuthentication: 'client_secret_basic' }),
      ...changes,
    }
    const urls = { authorizationUrl: TOKEN_URL, deviceAuthorizationUrl: TOKEN_URL }
    for (const [make, more] of [
      [clientCredentials, {}],
      [authorizationCode, { redirectUri: TOKEN_URL }],
      [deviceCode, {}],
    ] as const)
      expect(() => Reflect.apply(make, undefined, [{ ...options, ...urls, ...more }])).toThrow(
        expect.objectContaining({
          code: 'invalid_option',
          option: 'clientSecret',
          message: '[acme] "clientSecret" is required',
        }),
      )
  })

  test('is not meant by a function that gives nothing', async () => {
    const clock = virtualClock()
    const options = { ...withoutSecret({ tokenUrl: TOKEN_URL, clock }), clientSecret: () => '' }
    await expect(clock.runUntil(clientCredentials(options).getToken(), 10_000)).rejects.toMatchObject({
      code: 'token_unavailable',
      message: expect.stringContaining('"clientSecret" could not be read'),
    })
  })
})
