import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { type M2mSimulator, simulators } from '@valetkey/testing/simulators'
import { gql } from 'graphql-request'
import { describe, expect, test } from 'vitest'
import { createBoatsApi } from '../src/boats.ts'
import { type BoatsServer, startBoatsServer } from './support/boats-server.ts'

const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

const BOATS = gql`
  {
    boats {
      name
    }
  }
`

describe.each(['status 200', 'status 401'] as const)('a GraphQL server that refuses tokens with %s', (refusal) => {
  test('gets the token with each request', async () => {
    await using tokens = await simulators.m2m(CLIENT)
    await using server = await startBoatsServer(tokens, refusal)
    expect(await boatsApi(server, tokens).request(BOATS)).toEqual({ boats: [{ name: 'Petrel' }, { name: 'Fulmar' }] })
    expect(server.requests[0]?.authorization).toMatch(/^Bearer .+/)
  })

  test('gets the requests that it refused again, after one refresh for all', async () => {
    const clock = virtualClock()
    await using tokens = await simulators.m2m({ ...CLIENT, clock })
    await using server = await startBoatsServer(tokens, refusal)
    const api = boatsApi(server, tokens, clock)
    await api.request(BOATS)
    // By then all servers of an API know a token.
    await clock.advance(3_000)
    tokens.revokeAll()
    const answers = await Promise.all([api.request(BOATS), api.request(BOATS)])
    expect(answers).toMatchObject([{ boats: [{}, {}] }, { boats: [{}, {}] }])
    expect(tokens.tokenCalls()).toBe(2)
    expect(new Set(server.requests.map(({ query }) => query))).toEqual(new Set([BOATS]))
  })
})

test('another GraphQL server gets no token', async () => {
  await using tokens = await simulators.m2m(CLIENT)
  await using server = await startBoatsServer(tokens, 'status 200')
  await using other = await startBoatsServer(tokens, 'status 200')
  const api = boatsApi(server, tokens)
  await api.request(BOATS)
  await expect(api.setEndpoint(other.url).request(BOATS)).rejects.toThrow('Sign in first')
  expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined])
})

function boatsApi({ url, origin }: BoatsServer, { tokenUrl }: M2mSimulator, clock?: VirtualClock) {
  return createBoatsApi(url, {
    ...CLIENT,
    vendor: 'acme',
    origins: [origin],
    tokenUrl,
    clientAuthentication: 'client_secret_basic',
    allowInsecureRequests: true,
    clock,
  })
}
