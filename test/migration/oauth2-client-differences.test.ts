import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { withCredential } from '@valetkey/fetch'
import { password } from '@valetkey/oauth2'
import { simulators } from '@valetkey/testing/simulators'
import { describe, expect, test, vi } from 'vitest'
import { type OAuthWorld, startOAuthWorld, tokens } from './support/oauth-world.ts'
import { CLIENT } from './support/world.ts'

const USER = { username: 'robin@example.com', password: 'example-password' }

/** What differs, shown on both. */
const CLIENTS = { '@badgateway/oauth2-client': createOAuth2Fetch, '@valetkey/fetch': createFetch }

type ClientName = keyof typeof CLIENTS

const EACH: readonly { readonly name: ClientName }[] = [
  { name: '@badgateway/oauth2-client' },
  { name: '@valetkey/fetch' },
]

describe.each(EACH)('with $name', ({ name }) => {
  const isOurs = name === '@valetkey/fetch'

  test(`another host gets ${isOurs ? 'no' : 'the'} token`, async () => {
    const world = await startOAuthWorld()
    await using other = await simulators.m2m(CLIENT)
    for (const number of [1, 2]) world.answerNext(tokens(`access-${number}`))
    await CLIENTS[name](world)(`${other.baseUrl}/v1/items`)
    expect(other.requests[0]?.headers.authorization).toBe(isOurs ? undefined : 'Bearer access-1')
  })

  test(`a 401 that comes after the refresh costs ${isOurs ? 'no' : 'one'} further refresh`, async () => {
    const world = await startOAuthWorld()
    const { vendor } = world
    for (const number of [1, 2, 3]) world.answerNext(tokens(`access-${number}`, { refresh_token: `refresh-${number}` }))
    const api = CLIENTS[name](world)
    const url = `${vendor.baseUrl}/v1/items`
    const release = vendor.hold('api', 1)
    const late = api(url)
    await vendor.waitForRequests('api', 1)
    await api(url)
    release()
    await late
    expect(vendor.tokenCalls('refresh_token')).toBe(isOurs ? 1 : 2)
  })

  test(`a vendor that is down for a moment ${isOurs ? 'costs nothing' : 'costs the refresh token: a sign-in begins'}`, async () => {
    vi.spyOn(console, 'warn').mockReturnValue()
    const world = await startOAuthWorld()
    const { vendor } = world
    const api = CLIENTS[name](world)
    world.answerNext(tokens('access-1', { refresh_token: 'refresh-1' }))
    vendor.failNext({ on: 'token', status: 503, headers: { 'retry-after': '60' } })
    world.answerNext(tokens('access-2', { refresh_token: 'refresh-2' }))
    await api(`${vendor.baseUrl}/v1/items`).catch(() => {})
    const grants = world.tokenRequests().map(({ form }) => form.grant_type)
    expect(grants).toEqual(isOurs ? ['password', 'refresh_token'] : ['password', 'refresh_token', 'password'])
  })
})

/** As the README of `@badgateway/oauth2-client` says. */
function createOAuth2Fetch({ settings: { clientId, clientSecret, tokenUrl } }: OAuthWorld): typeof fetch {
  const client = new OAuth2Client({ clientId, clientSecret, tokenEndpoint: String(tokenUrl) })
  const wrapper = new OAuth2Fetch({ client, getNewToken: () => client.password(USER), scheduleRefresh: false })
  return (input, init) => wrapper.fetch(input instanceof URL ? input.href : input, init)
}

function createFetch({ settings }: OAuthWorld): typeof fetch {
  return withCredential(fetch, { ...password({ ...settings, ...USER }), untilKnown: () => undefined })
}
