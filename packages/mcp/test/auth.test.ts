import { Client, SSEClientTransport } from '@modelcontextprotocol/client'
import { Client as OlderClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OlderTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { createApiKeyCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { mcpAuth } from '@valetkey/mcp'
import { expect, onTestFinished, test } from 'vitest'
import { movableClock } from './support/clock.ts'
import { BOATS, call, connectClient, credentialFor, signIn, startServers } from './support/program.ts'

test('a transport of the SDK sends the token of the person who signed in', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  await signIn(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  expect(await call(client)).toEqual(BOATS)
  expect(server.requests.filter((request) => request.endsWith(' 401'))).toEqual(['GET 401'])
})

test('twenty requests at once whose token is refused renew it once', async () => {
  const server = await startServers()
  const clock = movableClock()
  const credential = credentialFor(server, { clock })
  await signIn(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  clock.advance(3_000)
  server.authorization.revokeAccess()
  const calls = Array.from({ length: 20 }, () => call(client))
  expect(await Promise.all(calls)).toEqual(calls.map(() => BOATS))
  expect(server.authorization.counts).toMatchObject({ refreshes: 1, needless: 0 })
})

test('a 401 that comes after its token was renewed renews nothing', async () => {
  const server = await startServers()
  const clock = movableClock()
  const credential = credentialFor(server, { clock })
  await signIn(credential)
  const provider = mcpAuth(credential)
  const refused = await provider.token()
  clock.advance(3_000)
  server.authorization.revokeAccess()
  const send = () => fetch(server.url, { method: 'POST', body: '{}', headers: { authorization: `Bearer ${refused}` } })
  const [early, late] = await Promise.all([send(), send()])
  await provider.onUnauthorized({ response: early, serverUrl: new URL(server.url) })
  const renewed = await provider.token()
  await provider.onUnauthorized({ response: late, serverUrl: new URL(server.url) })
  expect(renewed).not.toBe(refused)
  expect(await provider.token()).toBe(renewed)
  expect(server.authorization.counts.refreshes).toBe(1)
})

test('a token that ends is refreshed before a request is sent with it', async () => {
  const server = await startServers()
  const clock = movableClock()
  const credential = credentialFor(server, { clock })
  await signIn(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  clock.advance(3_600_000)
  await Promise.all([call(client), call(client), call(client)])
  expect(server.authorization.counts.refreshes).toBe(1)
  expect(server.requests.filter((request) => request.endsWith(' 401'))).toEqual(['GET 401'])
})

test('where no user has signed in, connecting says so', async () => {
  const server = await startServers()
  const connecting = connectClient(server.url, { authProvider: mcpAuth(credentialFor(server)) })
  await expect(connecting).rejects.toMatchObject({ name: 'CredentialError', code: 'not_signed_in' })
})

test('a call whose grant has ended says that a person must sign in', async () => {
  const server = await startServers()
  const clock = movableClock()
  const credential = credentialFor(server, { clock })
  await signIn(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  clock.advance(3_000)
  server.authorization.endGrants()
  await expect(call(client)).rejects.toMatchObject({ name: 'CredentialError', code: 'reauthorization_required' })
})

test('the transport for SSE has the token too, and renews one that is refused', async () => {
  const server = await startServers()
  const clock = movableClock()
  const credential = credentialFor(server, { serverUrl: server.sseUrl, clock })
  await signIn(credential)
  const client = new Client({ name: 'boat-host', version: '1.0.0' })
  onTestFinished(() => client.close())
  // oxlint-disable-next-line typescript/no-deprecated -- for servers that have no other transport
  await client.connect(new SSEClientTransport(new URL(server.sseUrl), { authProvider: mcpAuth(credential) }))
  expect(await call(client)).toEqual(BOATS)
  clock.advance(3_000)
  server.authorization.revokeAccess()
  expect(await call(client)).toEqual(BOATS)
  expect(server.authorization.counts.refreshes).toBe(1)
})

test('a transport of the first version of the SDK gets the credential as its fetch', async () => {
  const server = await startServers()
  const clock = movableClock()
  const credential = credentialFor(server, { clock })
  await signIn(credential)
  const client = new OlderClient({ name: 'boat-host', version: '1.0.0' })
  onTestFinished(() => client.close())
  const transport = new OlderTransport(new URL(server.url), { fetch: withCredential(fetch, credential) as never })
  await client.connect(transport)
  clock.advance(3_000)
  server.authorization.revokeAccess()
  const answers = await Promise.all([1, 2, 3].map(() => client.callTool({ name: 'boats' })))
  expect(answers.map(({ content }) => content)).toEqual([BOATS, BOATS, BOATS])
  expect(server.authorization.counts.refreshes).toBe(1)
})

test('a credential of another server is refused when its server says 401', async () => {
  const [server, other] = [await startServers(), await startServers()]
  const credential = credentialFor(other)
  const connecting = connectClient(server.url, { authProvider: mcpAuth(credential) })
  await expect(connecting).rejects.toMatchObject({ code: 'uncovered_origin', origin: new URL(server.url).origin })
})

test('an API key with a scheme of its own is named as what a transport cannot send', async () => {
  const key = { vendor: 'acme', origins: ['https://mcp.example.com'], apiKey: 'key-1' }
  const byHeader = createApiKeyCredential({
    ...key,
    place: (text) => ({ headers: { 'x-api-key': text } }),
    carries: { headers: ['x-api-key'], query: [] },
  })
  expect(() => mcpAuth(byHeader)).toThrow('[@valetkey/mcp] "credential" must place a bearer token and nothing else')
  expect(() => mcpAuth({} as never)).toThrow('[@valetkey/mcp] "credential" must be a credential')
})
