import { withCredential } from '@valetkey/fetch'
import { type Received, type Server, serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { everyHostIsHere, FETCHES } from './support/fetches.ts'
import { rotatingCredential, TOKEN_PLACES, type TokenPlace } from './support/rotating-credential.ts'

const CANARY = 'canary-91d2'

function canary(tokenPlace: TokenPlace, origins: readonly string[]) {
  const isQuery = tokenPlace === 'query'
  const authorization = () => ({
    headers: isQuery ? {} : { [tokenPlace]: CANARY },
    query: isQuery ? { api_key: CANARY } : {},
    generation: 1,
  })
  return rotatingCredential({ tokenPlace, origins, authorization })
}

function hasCanary({ path, headers, body }: Received): boolean {
  return JSON.stringify([path, headers, body]).includes(CANARY)
}

const tricks: readonly [trick: string, url: (port: number) => string][] = [
  ['our host as a prefix', (port) => `http://api.vendor.test.evil.test:${port}/`],
  ['our host as a prefix without a dot', (port) => `http://api.vendor.testevil.test:${port}/`],
  ['our host as a suffix', (port) => `http://evil-api.vendor.test:${port}/`],
  ['our host as user name', (port) => `http://api.vendor.test@evil.test:${port}/`],
  ['our origin as user name and password', (port) => `http://api.vendor.test:${port}@evil.test:${port}/`],
  ['a user name on our own host', (port) => `http://user@api.vendor.test:${port}/`],
  ['backslash before @', (port) => `http://evil.test:${port}\\@api.vendor.test:${port}/`],
  ['backslash after our origin', (port) => `http://evil.test:${port}\\.api.vendor.test:${port}/`],
  ['two slashes without a scheme', (port) => `//evil.test:${port}/`],
  ['slash and backslash', (port) => `/\\evil.test:${port}/`],
  ['a trailing dot', (port) => `http://api.vendor.test.:${port}/`],
  ['an international look-alike', (port) => `http://аpi.vendor.test:${port}/`],
  ['a full-width dot', (port) => `http://api.vendor.test．evil.test:${port}/`],
  ['an encoded dot', (port) => `http://api.vendor.test%2eevil.test:${port}/`],
  ['a newline in the scheme', (port) => `ht\ntp://evil.test:${port}/`],
  ['a tab in the host', (port) => `http://api.vendor.test\t.evil.test:${port}/`],
  ['a newline after our origin', (port) => `http://api.vendor.test\n.evil.test:${port}/`],
  ['no slashes', (port) => `http:evil.test:${port}/`],
  ['our origin in the query', (port) => `http://evil.test:${port}?http://api.vendor.test:${port}/`],
]

describe('S1: a URL that only looks like one of the API', () => {
  test.each(tricks)('gets no credential: %s', async (_trick, url) => {
    const server = await serve(() => ({ status: 401 }))
    const port = Number(new URL(server.origin).port)
    const ours = `http://api.vendor.test:${port}`
    const api = withCredential(everyHostIsHere(), canary('x-api-key', [ours]))
    // A text that is no URL is an error of fetch.
    await api(url(port)).catch((error: unknown) => expect(error).toBeInstanceOf(TypeError))
    expect(server.received.filter(hasCanary)).toEqual([])
    await api(`${ours}/`)
    expect(server.received.filter(hasCanary).map((it) => it.headers.host)).toEqual([ours.slice('http://'.length)])
  })
})

const STATUSES = [301, 302, 303, 307, 308]

const elsewhere: readonly [where: string, url: (second: Server) => string][] = [
  ['port', (second) => second.origin],
  ['host', (second) => second.otherHost],
]

describe.each(FETCHES)('S2: with the fetch of %s', (_name, inner) => {
  const cases = TOKEN_PLACES.flatMap((tokenPlace) =>
    STATUSES.flatMap((status) => elsewhere.map(([where, url]) => [status, where, tokenPlace, url] as const)),
  )

  test.each(cases)('a %i to another %s takes no credential along: %s', async (status, _where, tokenPlace, url) => {
    const second = await serve(() => ({ status: 401, body: 'who are you?' }))
    // Like many servers, this one hands the query on.
    const first = await serve(({ path }) => ({ status, headers: { location: `${url(second)}${path}` } }))
    const api = withCredential(inner, canary(tokenPlace, [first.origin]))
    const response = await api(`${first.origin}/v1?a=b`, { method: 'POST', body: 'x' })
    expect([response.status, await response.text()]).toEqual([401, 'who are you?'])
    expect(first.received.map(hasCanary)).toEqual([true])
    expect(second.received.map((it) => [it.path, hasCanary(it)])).toEqual([['/v1?a=b', false]])
    expect(response.url).toBe(`${url(second)}/v1?a=b`)
  })
})

test.each(TOKEN_PLACES)('S2: a redirect to a subdomain takes no credential along: %s', async (tokenPlace) => {
  const server = await serve(({ headers, path }) => {
    const { host = '' } = headers
    return host.startsWith('sub.') ? {} : { status: 307, headers: { location: `http://sub.${host}${path}` } }
  })
  const ours = `http://api.vendor.test:${new URL(server.origin).port}`
  await withCredential(everyHostIsHere(), canary(tokenPlace, [ours]))(`${ours}/v1`, { method: 'POST', body: 'x' })
  expect(server.received.map(hasCanary)).toEqual([true, false])
})
