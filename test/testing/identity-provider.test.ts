import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Credential, memoryStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { oauth2, type SignInCredential } from '@valetkey/oauth2'
import { virtualClock } from '@valetkey/testing'
import { type IdentityProviderSimulator, simulators } from '@valetkey/testing/simulators'
import * as github from '@valetkey/vendors/github'
import { describe, expect, onTestFinished, test } from 'vitest'
import { root } from '../workspace/boundaries/workspace.ts'

const REDIRECT_URI = 'http://127.0.0.1/callback'
const CLIENT = { clientId: 'boats', clientSecret: 'boats-secret' } as const
const HOUR_MS = 3_600_000

async function start() {
  const clock = virtualClock()
  const idp = await simulators.identityProvider({ ...CLIENT, clock })
  onTestFinished(() => idp.close())
  return { clock, idp }
}

async function signIn(idp: Pick<IdentityProviderSimulator, 'approve'>, credential: SignInCredential): Promise<void> {
  const { url, signIn: pending } = await credential.beginSignIn()
  await credential.completeSignIn(idp.approve(url), pending)
}

/** No request waits until servers of the API know a new token: this one knows it at once. */
function read(idp: { readonly baseUrl: string }, credential: Credential): Promise<Response> {
  return withCredential(fetch, { ...credential, untilKnown: () => undefined })(`${idp.baseUrl}/boats`)
}

describe('@valetkey/oauth2 at the identity provider', () => {
  test('a person signs in; fifty requests after an expiry cost one refresh; a sign-out ends the grant there', async () => {
    const { clock, idp } = await start()
    const credential = oauth2.authorizationCode({
      ...idp.optionsFor(oauth2.authorizationCode),
      redirectUri: REDIRECT_URI,
      clock,
    })
    await signIn(idp, credential)
    await clock.advance(HOUR_MS)
    const answers = await Promise.all(Array.from({ length: 50 }, () => read(idp, credential)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect([idp.tokenCalls('refresh_token'), idp.reuses()]).toEqual([1, 0])
    const { accessToken } = await credential.getToken()
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(await idp.tokenInfo(accessToken)).toBeUndefined()
  })

  test('by its issuer alone: endpoints are discovered', async () => {
    const { idp, clock } = await start()
    const { issuer, vendor, origins, allowInsecureRequests } = idp.optionsFor(oauth2.authorizationCode)
    const server = { issuer, vendor, origins, allowInsecureRequests }
    const credential = oauth2.authorizationCode({ ...server, ...CLIENT, redirectUri: REDIRECT_URI, clock })
    await signIn(idp, credential)
    expect((await read(idp, credential)).status).toBe(200)
  })

  test('without a person: client credentials, a password, and APIs by resource and audience', async () => {
    const { idp, clock } = await start()
    const own = oauth2.clientCredentials({
      ...idp.optionsFor(oauth2.clientCredentials),
      clock,
      resource: 'https://boats.example/',
    })
    expect(await (await read(idp, own)).json()).toMatchObject({ audiences: ['https://boats.example/'] })
    const robins = oauth2.password({ ...idp.optionsFor(oauth2.password), clock })
    expect(await (await read(idp, robins)).json()).toMatchObject({ account: 'robin@example.com', audiences: [] })
    const forBoats = robins.audience('boats')
    expect(await (await read(idp, forBoats)).json()).toMatchObject({ audiences: ['boats'] })
  })

  test('on a device', async () => {
    const { idp, clock } = await start()
    const credential = oauth2.deviceCode({ ...idp.optionsFor(oauth2.deviceCode), clock })
    const { userCode, done } = await credential.beginSignIn()
    await clock.advance(await clock.waitForSleep(2_000))
    idp.approveDevice(userCode)
    await clock.runUntil(done, 2_000)
    expect((await read(idp, credential)).status).toBe(200)
  })

  test('a lost answer to a refresh is what it is at a vendor that rotates without grace: a person is needed', async () => {
    const { idp, clock } = await start()
    const store = memoryStore({ clock })
    const credential = oauth2.authorizationCode({
      ...idp.optionsFor(oauth2.authorizationCode),
      redirectUri: REDIRECT_URI,
      clock,
      store,
    })
    await signIn(idp, credential)
    await clock.advance(HOUR_MS)
    idp.dropReply({ on: 'token' })
    await expect(clock.runUntil(credential.getToken(), 60_000)).rejects.toMatchObject({
      code: 'reauthorization_required',
    })
    expect(idp.reuses()).toBe(1)
  })
})

describe('modules of @valetkey/vendors at the identity provider', () => {
  test('options are spread into a factory', async () => {
    const { idp, clock } = await start()
    const credential = github.authorizationCode({ ...idp.options, redirectUri: REDIRECT_URI, clock })
    await signIn(idp, credential)
    expect((await read(idp, credential)).status).toBe(200)
    expect(credential.origins).toEqual([idp.baseUrl])
  })

  const modules = globSync('packages/catalogue/src/*.ts', { cwd: root }).map((file) => basename(file, '.ts'))

  test.each(modules.toSorted())('%s: people sign in and tokens are refreshed, all on this machine', async (name) => {
    const { authorizationCode, vendor } = await import(join(root, `packages/catalogue/src/${name}.ts`))
    if (!authorizationCode) return expect(vendor.data.name).toBe(name)
    // The client of a factory that takes no secret is a public one.
    const isPublic = !Object.hasOwn(authorizationCode.options, 'clientSecret')
    await using idp = isPublic
      ? await simulators.identityProvider({ clientId: CLIENT.clientId })
      : await simulators.identityProvider(CLIENT)
    const credential: SignInCredential = authorizationCode({
      ...placeholders(vendor.data),
      ...idp.optionsFor(authorizationCode as typeof github.authorizationCode),
      redirectUri: REDIRECT_URI,
    })
    await signIn(idp, credential)
    const first = await credential.authorization()
    const second = await credential.renew(first)
    expect(second?.headers).not.toEqual(first.headers)
    expect(idp.tokenCalls('refresh_token')).toBe(1)
  })
})

const VALUES: Readonly<Record<string, string>> = {
  label: 'acme',
  host: 'acme.example',
  segment: 'acme',
  path: '/acme',
}

function placeholders(data: { readonly placeholders?: Record<string, { is: string; default?: string }> }) {
  const required = Object.entries(data.placeholders ?? {}).filter(([, rule]) => rule.default === undefined)
  return Object.fromEntries(required.map(([name, { is }]) => [name, VALUES[is]]))
}
