import { mcpAuth } from '@valetkey/mcp'
import { serve } from '@valetkey-app/test-support/serve'
import { expect, test } from 'vitest'
import { connectClient, credentialFor, REDIRECT_URI, signIn, startServers } from './support/program.ts'

const rejection = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )
const WELL_KNOWN = '/.well-known/oauth-protected-resource'

test('the place that the 401 names is read, and no other', async () => {
  const server = await startServers({ resourcePath: '/described-here' })
  await signIn(credentialFor(server))
  expect(server.lookups).toEqual(['/described-here'])
})

test('what a transport was refused with is what a sign-in begins with', async () => {
  const server = await startServers({ resourcePath: '/described-here', challengeScope: 'boats:read' })
  const credential = credentialFor(server)
  await rejection(connectClient(server.url, { authProvider: mcpAuth(credential) }))
  const requests = server.requests.length
  const url = await signIn(credential)
  expect(url.searchParams.get('scope')).toBe('boats:read')
  expect(server.lookups).toEqual(['/described-here'])
  expect(server.requests.length).toBe(requests)
})

test('where no 401 names a place, the well-known ones are read: that of the path, then that of the host', async () => {
  const origins: string[] = []
  const server = await serve(({ path, method }) => {
    if (path === '/mcp') return { status: method === 'GET' ? 405 : 401 }
    if (path === WELL_KNOWN) return { body: JSON.stringify({ resource: origins[0], authorization_servers: origins }) }
    if (path === '/.well-known/oauth-authorization-server') return { body: JSON.stringify(metadataOf(origins[0])) }
    return { status: 404 }
  })
  origins.push(server.origin)
  const credential = credentialFor({ url: `${server.origin}/mcp` }, { clientId: 'by-hand' })
  const { url } = await credential.beginSignIn()
  expect(url.searchParams.get('resource')).toBe(server.origin)
  expect(server.received.map(({ path }) => path)).toEqual([
    '/mcp',
    `${WELL_KNOWN}/mcp`,
    WELL_KNOWN,
    '/.well-known/oauth-authorization-server',
  ])
})

test.each([{ path: '/tenant' }, { path: '/tenant', isOpenId: true }, { path: '', isOpenId: true }])(
  'metadata of an issuer are found: %j',
  async (options) => {
    const server = await startServers(options)
    const url = await signIn(credentialFor(server))
    expect(url.href).toContain(`${server.authorization.issuer}/authorize`)
  },
)

test('a server without metadata is its own authorization server', async () => {
  const server = await startServers({ resource: false })
  const { url } = await credentialFor(server, { clientId: 'by-hand' }).beginSignIn()
  expect(url.origin + url.pathname).toBe(`${new URL(server.url).origin}/authorize`)
  expect(url.searchParams.get('resource')).toBe(server.url)
})

test('offline_access is asked for where the server has it, and something is asked for at all', async () => {
  const metadata = { scopes_supported: ['offline_access'] }
  const server = await startServers({ metadata, resource: { scopes_supported: ['boats:read'] } })
  expect((await signIn(credentialFor(server))).searchParams.get('scope')).toBe('boats:read offline_access')
  const other = await startServers({ metadata })
  expect((await signIn(credentialFor(other))).searchParams.has('scope')).toBe(false)
})

test.each([
  [{ resource: { resource: 'https://bank.example.com/mcp' } }, 'the metadata of the MCP server are those of another'],
  [
    { resource: { authorization_servers: ['http://as.example.com'] } },
    'names no authorization server with an https URL',
  ],
  [
    { metadata: { issuer: 'https://bank.example.com' } },
    'the metadata of the authorization server are those of another',
  ],
  [{ metadata: { token_endpoint: 'http://as.example.com/token' } }, '"token_endpoint" of the authorization server'],
  [{ metadata: { authorization_endpoint: undefined } }, 'name no "authorization_endpoint"'],
  [{ metadata: { code_challenge_methods_supported: ['plain'] } }, 'no PKCE with S256'],
  [{ metadata: { registration_endpoint: undefined } }, 'give "clientId"'],
])('what is not to be trusted, or cannot be used, begins no sign-in: %j', async (options, problem) => {
  const server = await startServers(options)
  const error = await rejection(credentialFor(server).beginSignIn())
  expect(error).toMatchObject({
    code: 'client_rejected',
    isRetryable: false,
    message: expect.stringContaining(problem),
  })
  expect(server.authorization.counts.registrations).toBe(0)
})

test('a redirect is not followed', async () => {
  const elsewhere = await serve(() => ({ body: '{}' }))
  const server = await serve(({ path }) =>
    path === '/mcp' ? { status: 401 } : { status: 302, headers: { location: elsewhere.origin } },
  )
  const error = await rejection(credentialFor({ url: `${server.origin}/mcp` }).beginSignIn())
  expect(error).toMatchObject({ code: 'token_unavailable', isRetryable: true })
  expect(String(error)).toContain('redirects, which is not followed')
  expect(elsewhere.received).toEqual([])
})

test('a server that is down, or sends too much, is one to come back to', async () => {
  const down = await serve(({ path }) => (path === '/mcp' ? { status: 401 } : { status: 503 }))
  expect(await rejection(credentialFor({ url: `${down.origin}/mcp` }).beginSignIn())).toMatchObject({
    code: 'token_unavailable',
    message: expect.stringContaining('status 503'),
  })
  const endless = await serve(({ path }) =>
    path === '/mcp' ? { status: 401 } : { body: ' '.repeat(1_100_000), isEndless: true },
  )
  expect(await rejection(credentialFor({ url: `${endless.origin}/mcp` }).beginSignIn())).toMatchObject({
    code: 'token_unavailable',
    message: expect.stringContaining('larger than 1 MiB'),
  })
})

test('an MCP server that answers the first look with an endless stream of events holds nothing up', async () => {
  const server = await serve(({ path }) =>
    path === '/mcp' ? { headers: { 'content-type': 'text/event-stream' }, isEndless: true } : { status: 404 },
  )
  const { url } = await credentialFor({ url: `${server.origin}/mcp` }, { clientId: 'by-hand' }).beginSignIn()
  expect(url.pathname).toBe('/authorize')
})

test('servers that never answer are given up after a minute', async () => {
  const server = await serve(() => ({ status: 401, isEndless: true }))
  const clock = {
    now: () => Date.now(),
    monotonic: () => 0,
    random: () => 0,
    // A minute is over at once, and nothing else is.
    sleep: (ms: number) => (ms === 60_000 ? Promise.resolve() : new Promise<void>(() => {})),
  }
  const credential = credentialFor({ url: `${server.origin}/mcp` }, { clock })
  const error = await rejection(credential.beginSignIn())
  expect(error).toMatchObject({ code: 'timeout', isRetryable: true })
})

test.each([
  [400, '{"error":"invalid_redirect_uri"}', 'refuses to register a client (invalid_redirect_uri)'],
  [403, '{}', 'refuses to register a client (status 403)'],
  [400, '{"error":{"code":1}}', 'refuses to register a client (status 400)'],
  [400, '{"error":"\\u001b[2J"}', 'refuses to register a client (status 400)'],
  [201, '{"client_id":7}', 'has registered a client, and gave no id of it'],
  [200, '{}', 'has registered a client, and gave no id of it'],
])('a registration that is answered with %i %s says why', async (status, body, problem) => {
  const origins: string[] = []
  const server = await serve(({ path }) => {
    if (path === '/register') return { status, body }
    if (path === '/.well-known/oauth-authorization-server') return { body: JSON.stringify(metadataOf(origins[0])) }
    return { status: 404 }
  })
  origins.push(server.origin)
  const error = await rejection(credentialFor({ url: `${server.origin}/mcp` }).beginSignIn())
  expect(error).toMatchObject({
    code: 'client_rejected',
    status,
    message: expect.stringContaining(problem),
  })
  expect(server.received.filter(({ path }) => path === '/register').map(({ body }) => JSON.parse(body))).toMatchObject([
    { redirect_uris: [REDIRECT_URI] },
  ])
})

function metadataOf(issuer: string | undefined): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
  }
}
