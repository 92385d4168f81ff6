import { mcpAuth } from '@valetkey/mcp'
import { expect, test } from 'vitest'
import { BOATS, call, connectClient, credentialFor, signIn, startServers } from './support/program.ts'
import { runTwoHosts } from './support/two-hosts.ts'

test('two hosts with one store make 200 calls over five ends of the token and a revocation, and a person signs in once', async () => {
  const { calls, failures, asked, counts } = await runTwoHosts('valetkey')
  expect({ calls, failures, asked }).toEqual({ calls: 200, failures: [], asked: 1 })
  expect(counts).toMatchObject({ registrations: 1, signIns: 1, needless: 0, reuses: 0 })
  expect(counts.expiries).toBeGreaterThanOrEqual(5)
  expect(counts.refreshes).toBe(counts.expiries + 1)
})

test('a token that is refused right after the sign-in is renewed when every server should know it', async () => {
  const server = await startServers()
  const credential = credentialFor(server)
  await signIn(credential)
  const client = await connectClient(server.url, { authProvider: mcpAuth(credential) })
  server.authorization.revokeAccess()
  const calls = Array.from({ length: 5 }, () => call(client))
  expect(await Promise.all(calls)).toEqual(calls.map(() => BOATS))
  expect(server.authorization.counts).toMatchObject({ refreshes: 1, needless: 0 })
})
