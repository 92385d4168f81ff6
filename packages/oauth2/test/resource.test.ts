import { isCredentialError } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { identityOf, resolveTokenEndpoint } from '../src/endpoint.ts'
import { clientCredentials } from '../src/index.ts'
import { acquire, clientGrant, complete, refresh, userGrant } from './helpers/grants.ts'
import { startTokenServer } from './helpers/token-server.ts'

const BOATS = 'https://api.example.com/boats'
const PORTS = 'https://api.example.com/ports'
const TOKEN_URL = 'https://login.example.com/token'

function identity(options: Partial<Parameters<typeof complete>[0]>): string {
  const endpoint = resolveTokenEndpoint(complete({ tokenUrl: TOKEN_URL, ...options }))
  return JSON.stringify(identityOf(endpoint, 'password', 'skipper'))
}

describe('the APIs that a token is for (RFC 8707)', () => {
  test('are named in every token request, one parameter for each', async () => {
    await using server = await startTokenServer({ body: { access_token: 'first-token' } })
    const options = { tokenUrl: server.tokenUrl, resource: [BOATS, PORTS, BOATS] }
    await acquire(clientGrant(options))
    await acquire(userGrant(options))
    await refresh(userGrant(options))
    const named = server.requests.map(({ body }) => new URLSearchParams(body).getAll('resource'))
    expect(named).toEqual(Array.from({ length: 3 }, () => [BOATS, PORTS]))
  })

  test('are a JSON array, or one text, where the vendor takes JSON', async () => {
    await using server = await startTokenServer({ body: { access_token: 'first-token' } })
    const options = { tokenUrl: server.tokenUrl, encoding: 'json' } as const
    await acquire(clientGrant({ ...options, resource: [BOATS, PORTS] }))
    await acquire(clientGrant({ ...options, resource: BOATS }))
    const [both, one] = server.requests.map(({ body }) => JSON.parse(body).resource)
    expect(both).toEqual([BOATS, PORTS])
    expect(one).toBe(BOATS)
  })

  test('are part of the identity, in whatever order, and never mistaken for a tenant, a user or a scope (S20)', () => {
    const others = [{}, { resource: BOATS }, { resource: PORTS }, { tenant: BOATS }, { scopes: ['resource', BOATS] }]
    expect(new Set(others.map(identity)).size).toBe(others.length)
    expect(identity({ resource: [PORTS, BOATS] })).toBe(identity({ resource: [BOATS, PORTS, PORTS] }))
    expect(identity({ resource: BOATS })).toBe(identity({ resource: [BOATS] }))
  })

  test.each([['/boats'], [`${BOATS}#top`], [''], [[BOATS, 7]], [{ boats: true }]])('cannot be %j', (resource) => {
    const options = { ...complete({ tokenUrl: TOKEN_URL }), resource }
    const error: unknown = attempt(() => Reflect.apply(clientCredentials, undefined, [options]))
    if (!isCredentialError(error, 'invalid_option')) throw error
    expect(error.message).toBe('[acme] "resource" must be an absolute URI without a fragment, or an array of them')
  })
})

function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
