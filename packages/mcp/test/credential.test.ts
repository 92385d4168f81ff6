import { inspect } from 'node:util'
import { isCredentialError, memoryStore, type TokenStore } from '@valetkey/core'
import { mcpAuth } from '@valetkey/mcp'
import { consent } from '@valetkey-app/test-support/consent'
import { expect, test } from 'vitest'
import { movableClock } from './support/clock.ts'
import { BOATS, call, connectClient, credentialFor, REDIRECT_URI, signIn, startServers } from './support/program.ts'

const rejection = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test('a sign-in asks for a token for the server, with PKCE, and says what it was asked for', async () => {
  const server = await startServers({ resource: { scopes_supported: ['boats:read'] } })
  const credential = credentialFor(server)
  const { url, signIn: pending } = await credential.beginSignIn()
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    client_id: 'client-1',
    redirect_uri: REDIRECT_URI,
    code_challenge_method: 'S256',
    resource: server.url,
    scope: 'boats:read',
  })
  await credential.completeSignIn(await consent(url), pending)
  expect(server.authorization.tokenRequests[0]?.get('resource')).toBe(server.url)
  expect(await credential.status()).toMatchObject({ state: 'ready', renewable: true, scopes: ['boats:read'] })
})

test('a registration names the program, and a public client with refresh tokens', async () => {
  const server = await startServers({ resource: { scopes_supported: ['boats:read', 'admin'] } })
  await credentialFor(server, { scopes: ['boats:read'] }).beginSignIn()
  expect(server.authorization.registrations).toEqual([
    {
      client_name: 'Boat host',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      scope: 'boats:read admin',
    },
  ])
})

test('programs that share a store share the registration, also when they begin at the same time', async () => {
  const server = await startServers()
  const store = memoryStore()
  const begun = await Promise.all([1, 2, 3].map(() => credentialFor(server, { store }).beginSignIn()))
  const clients = begun.map(({ url }) => url.searchParams.get('client_id'))
  expect(new Set(clients).size).toBe(1)
  const registrations = server.authorization.counts.registrations
  await credentialFor(server, { store }).beginSignIn()
  expect(server.authorization.counts.registrations).toBe(registrations)
})

test('where every write of the registration is lost, the error says so, and holds no option of the credential', async () => {
  const server = await startServers()
  const store: TokenStore = { ...memoryStore(), compareAndSet: async () => ({ ok: false }) }
  const credential = credentialFor(server, { store, clientId: 'boat-host', clientSecret: 'canary-secret' })
  const error = await rejection(credential.beginSignIn())
  expect({ ...(error as object) }).toEqual({
    name: 'CredentialError',
    code: 'store_unavailable',
    vendor: `mcp:${new URL(server.url).host}`,
    account: 'default',
    isRetryable: true,
  })
  expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain('canary-secret')
})

test('what one program began another completes, and a third uses', async () => {
  const server = await startServers()
  const store = memoryStore()
  const { url, signIn: pending } = await credentialFor(server, { store }).beginSignIn()
  await credentialFor(server, { store }).completeSignIn(await consent(url), pending)
  const lookups = server.lookups.length
  const client = await connectClient(server.url, { authProvider: mcpAuth(credentialFor(server, { store })) })
  expect(await call(client)).toEqual(BOATS)
  expect(server.lookups.slice(lookups)).toEqual([])
})

test('a program that runs uses the sign-in that another has made since', async () => {
  const server = await startServers()
  const store = memoryStore()
  const running = credentialFor(server, { store })
  expect(await rejection(running.getToken())).toMatchObject({ code: 'not_signed_in' })
  await signIn(credentialFor(server, { store }))
  expect((await running.getToken()).tokenType).toBe('Bearer')
})

test('the URL of a metadata document is the client id where the server takes it, and nothing is registered', async () => {
  const clientMetadataUrl = 'https://host.example.com/mcp-client.json'
  const server = await startServers({ metadata: { client_id_metadata_document_supported: true } })
  server.authorization.clients.set(clientMetadataUrl, {})
  const credential = credentialFor(server, { clientMetadataUrl })
  const url = await signIn(credential)
  expect(url.searchParams.get('client_id')).toBe(clientMetadataUrl)
  expect(server.authorization.counts.registrations).toBe(0)
  const other = await startServers()
  await signIn(credentialFor(other, { clientMetadataUrl }))
  expect(other.authorization.counts.registrations).toBe(1)
})

test('a client that was registered by hand authenticates as the server wants it', async () => {
  const server = await startServers({ metadata: { token_endpoint_auth_methods_supported: ['client_secret_post'] } })
  server.authorization.clients.set('by-hand', { secret: 's3cret' })
  await signIn(credentialFor(server, { clientId: 'by-hand', clientSecret: () => 's3cret' }))
  expect(server.authorization.tokenRequests[0]?.get('client_secret')).toBe('s3cret')
  expect(server.authorization.counts.registrations).toBe(0)
})

test('a registration with a secret is kept with it', async () => {
  const registration = { client_secret: 'registered-secret', token_endpoint_auth_method: 'client_secret_basic' }
  const server = await startServers({
    registration,
    metadata: { token_endpoint_auth_methods_supported: ['client_secret_basic'] },
  })
  const store = memoryStore()
  const { url, signIn: pending } = await credentialFor(server, { store }).beginSignIn()
  await credentialFor(server, { store }).completeSignIn(await consent(url), pending)
  const [header] = server.authorization.authorizationHeaders
  expect(Buffer.from(header?.slice('Basic '.length) ?? '', 'base64').toString()).toBe('client-1:registered-secret')
})

test('a registration that the server has forgotten is replaced by the next sign-in, for all programs', async () => {
  const server = await startServers()
  const clock = movableClock()
  const store = memoryStore({ clock })
  const [one, other] = [credentialFor(server, { store, clock }), credentialFor(server, { store, clock })]
  await signIn(one)
  await other.getToken()
  server.authorization.forgetClients()
  clock.advance(3_600_000)
  expect(await rejection(one.getToken())).toMatchObject({ code: 'client_rejected', oauthError: 'invalid_client' })
  const url = await signIn(one)
  expect(url.searchParams.get('client_id')).toBe('client-2')
  expect((await other.getToken()).accessToken).toBe((await one.getToken()).accessToken)
})

test('no refresh token goes to another authorization server than the one that gave it', async () => {
  const [before, after] = [await startServers(), await startServers()]
  const servers: string[] = [before.authorization.issuer]
  const server = await startServers({
    resource: {
      get authorization_servers() {
        return servers
      },
    },
  })
  const clock = movableClock()
  const credential = credentialFor(server, { clock })
  await signIn(credential)
  servers[0] = after.authorization.issuer
  clock.advance(3_600_000)
  const { url } = await credential.beginSignIn()
  expect(url.origin).toBe(after.authorization.issuer)
  expect(await rejection(credential.getToken())).toMatchObject({ code: 'not_signed_in' })
  expect(after.authorization.tokenRequests).toEqual([])
})

test('a callback without the issuer is refused where the server promises it', async () => {
  const server = await startServers({ sendsIssuer: false })
  const error = await rejection(signIn(credentialFor(server)))
  expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'issuer_mismatch' })
  expect(server.authorization.tokenRequests).toEqual([])
})

test('a callback of another issuer is refused', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  const { url, signIn: pending } = await credential.beginSignIn()
  const callback = new URL(await consent(url))
  callback.searchParams.set('iss', 'https://evil.example.com')
  const error = await rejection(credential.completeSignIn(callback, pending))
  expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'issuer_mismatch' })
})

test('accounts share a registration, and nothing else', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  const events: string[] = []
  const stop = credential.on('signed_in', ({ account }) => events.push(account))
  await signIn(credential.for('robin'))
  expect(await rejection(credential.getToken())).toMatchObject({ code: 'not_signed_in' })
  await signIn(credential)
  stop()
  await signIn(credential.for('sam'))
  expect(events).toEqual(['robin', 'default'])
  expect(server.authorization.counts.registrations).toBe(1)
})

test('a sign-out ends the sign-in, and keeps the registration', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  await signIn(credential)
  expect(await credential.signOut()).toEqual({ revoked: false })
  expect(await credential.status()).toEqual({ state: 'signed_out' })
  await signIn(credential)
  expect(server.authorization.counts.registrations).toBe(1)
})

test('a stored registration that cannot be read is not overwritten', async () => {
  const server = await startServers()
  const store = memoryStore()
  await credentialFor(server, { store }).beginSignIn()
  for await (const key of store.list?.() ?? []) {
    const { version } = await store.get(key)
    await store.compareAndSet(key, version, '{"v":2}')
  }
  const error = await rejection(credentialFor(server, { store }).beginSignIn())
  expect(isCredentialError(error, 'record_unreadable')).toBe(true)
})

test.each([
  [{ serverUrl: 'mcp.example.com' }, '"serverUrl" must be an absolute https URL'],
  [{ serverUrl: 'http://mcp.example.com/mcp' }, '"serverUrl" must be https'],
  [{ redirectUri: 'callback' }, '"redirectUri" must be an absolute URL'],
  [{ clientMetadataUrl: 'https://host.example.com' }, '"clientMetadataUrl" must be an https URL with a path'],
  [{ clientSecret: 's3cret' }, '"clientSecret" needs "clientId"'],
  [
    { clientId: 'a', clientMetadataUrl: 'https://host.example.com/a' },
    '"clientMetadataUrl" must not be given together',
  ],
  [{ scopes: ['a b'] }, '"scopes" must be an array of strings without spaces'],
  [{ account: '' }, '"account" must be a non-empty string'],
  [{ maxWait: 1 }, '"maxWait" is not an option: did you mean "maxWaitMs"?'],
])('bad options are named: %j', async (options, problem) => {
  const server = await startServers()
  expect(() => credentialFor(server, options as object)).toThrow(problem)
})

test('mistakes of a sign-in are named, and nothing is asked', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  const mistakes = [{ addScopes: ['a b'] }, { addScopes: 'admin' }, { addScopes: [], scopes: [] }, { scope: 'admin' }]
  const errors = await Promise.all(mistakes.map((mistake) => rejection(credential.beginSignIn(mistake as object))))
  expect(errors.map((error) => (isCredentialError(error, 'invalid_option') ? error.option : error))).toEqual([
    'addScopes',
    'addScopes',
    'addScopes',
    'scope',
  ])
})
