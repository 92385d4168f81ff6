import { memoryStore } from '@valetkey/core'
import { mcpAuth, withSignIn } from '@valetkey/mcp'
import { consent } from '@valetkey-app/test-support/consent'
import { expect, test } from 'vitest'
import { movableClock } from './support/clock.ts'
import { BOATS, call, connectClient, credentialFor, signIn, startServers } from './support/program.ts'

const ADMIN = [{ type: 'text', text: 'admin' }]
const rejection = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

/** A program whose person consents to everything; it counts how often they are asked. */
function host(credential: ReturnType<typeof credentialFor>, options: { maxStepUps?: number } = {}) {
  const asked: URL[] = []
  const whenNeeded = withSignIn(credential, {
    ...options,
    signIn: (url) => {
      asked.push(url)
      return consent(url)
    },
  })
  return { asked, whenNeeded }
}

test('a program signs its person in when the server asks for it, and goes on', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  const { asked, whenNeeded } = host(credential)
  const client = await whenNeeded(() => connectClient(server.url, { authProvider: mcpAuth(credential) }))
  expect(await whenNeeded(() => call(client))).toEqual(BOATS)
  expect(asked.length).toBe(1)
})

test('five pieces of work that need a sign-in ask once', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  const { asked, whenNeeded } = host(credential)
  const connect = () => connectClient(server.url, { authProvider: mcpAuth(credential) })
  const clients = await Promise.all(Array.from({ length: 5 }, () => whenNeeded(connect)))
  expect(clients.length).toBe(5)
  expect(asked.length).toBe(1)
})

test('a tool that needs a further scope asks for it beside what was granted, and is called again', async () => {
  const server = await startServers({ resource: { scopes_supported: ['boats:read'] } })
  const credential = credentialFor(server)
  await signIn(credential)
  const { asked, whenNeeded } = host(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  expect(await whenNeeded(() => call(client, 'admin'))).toEqual(ADMIN)
  expect(asked.map(({ searchParams }) => searchParams.get('scope'))).toEqual(['boats:read admin'])
  expect(server.authorization.counts.refreshes).toBe(0)
})

test('a scope that another program was granted meanwhile is used, and nobody is asked', async () => {
  const server = await startServers({ resource: { scopes_supported: ['boats:read'] } })
  const store = memoryStore()
  const credential = credentialFor(server, { store })
  await signIn(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  await call(client)
  await signIn(credentialFor(server, { store }), { addScopes: ['admin'] })
  const { asked, whenNeeded } = host(credential)
  expect(await whenNeeded(() => call(client, 'admin'))).toEqual(ADMIN)
  expect(asked).toEqual([])
  expect(server.authorization.counts.refreshes).toBe(0)
})

test.each([0, 1, 2])('a server that is never content is asked for more %d times', async (maxStepUps) => {
  const server = await startServers()
  const credential = credentialFor(server)
  await signIn(credential)
  const { asked, whenNeeded } = host(credential, { maxStepUps })
  const never = async () => {
    throw Object.assign(new Error('insufficient scope'), { requiredScope: 'moon' })
  }
  expect(await rejection(whenNeeded(never))).toMatchObject({ requiredScope: 'moon' })
  expect(asked.length).toBe(maxStepUps)
})

test('a grant that has ended asks the person once more', async () => {
  const server = await startServers()
  const clock = movableClock()
  const credential = credentialFor(server, { clock })
  await signIn(credential)
  const { asked, whenNeeded } = host(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  clock.advance(3_000)
  server.authorization.endGrants()
  expect(await whenNeeded(() => call(client))).toEqual(BOATS)
  expect(asked.length).toBe(1)
})

test('a client that the server has forgotten is registered again, and the person asked', async () => {
  const server = await startServers()
  const clock = movableClock()
  const credential = credentialFor(server, { clock })
  await signIn(credential)
  const { asked, whenNeeded } = host(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  server.authorization.forgetClients()
  clock.advance(3_600_000)
  expect(await whenNeeded(() => call(client))).toEqual(BOATS)
  expect(asked.map(({ searchParams }) => searchParams.get('client_id'))).toEqual(['client-2'])
})

test('what the person refuses, and other failures, are the work’s own', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  const refusing = withSignIn(credential, { signIn: () => Promise.reject(new Error('window closed')) })
  const connect = () => connectClient(server.url, { authProvider: mcpAuth(credential) })
  await expect(refusing(connect)).rejects.toThrow('window closed')
  await expect(refusing(() => Promise.reject(new Error('no boats')))).rejects.toThrow('no boats')
})

test('bad options are named', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  const person = { signIn: consent }
  expect(() => withSignIn({} as never, person)).toThrow('"credential" must be a credential of mcpCredential')
  expect(() => withSignIn(credential, {} as never)).toThrow('"signIn" must be a function')
  expect(() => withSignIn(credential, { ...person, maxStepUps: -1 })).toThrow('"maxStepUps" must be an integer')
  expect(() => withSignIn(credential, { ...person, retries: 1 } as never)).toThrow('"retries" is not an option')
})
