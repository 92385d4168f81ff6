import type { TokenCredential } from '@valetkey/core'
import { clientCredentials } from '@valetkey/oauth2'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CLIENTS } from './support/clients.ts'
import { type ProofServer, type ProofServerOptions, startProofServer } from './support/proof-server.ts'

const CLIENT = { vendor: 'acme', clientId: 'boat-app', clientSecret: 'canary-client-secret' }

interface World {
  readonly server: ProofServer
  readonly credential: TokenCredential
  /** Names of the events so far, and what refused requests were answered with. */
  readonly events: string[]
  readonly clock: VirtualClock
}

async function startWorld(options: ProofServerOptions = {}): Promise<World> {
  const server = await startProofServer(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const { origin, tokenUrl } = server
  const clock = virtualClock({ now: Date.now() })
  const own = { origins: [origin], tokenUrl, allowInsecureRequests: true, clock }
  const credential = clientCredentials({ ...CLIENT, ...own, dpop: true })
  const events: string[] = []
  credential.on('*', (...[name]) => void events.push(name))
  return { server, credential, events, clock }
}

describe.each(Object.entries(CLIENTS))('%s', (name, connect) => {
  test('sends a proof of its own with each request, and each is taken', async () => {
    const { server, credential } = await startWorld()
    const send = connect(credential)
    expect(await send(`${server.origin}/things?of=boats#top`)).toMatchObject({ status: 200 })
    const posted = await send(`${server.origin}/things`, { method: 'POST', body: 'a boat' })
    expect(JSON.parse(posted.text)).toEqual({ path: '/things', body: 'a boat' })
    expect(server.accepted).toEqual(['POST /token client_credentials', 'GET /things', 'POST /things'])
    expect(server.refused).toEqual([])
    expect(new Set(server.proofs.map(({ claims }) => claims.jti)).size).toBe(3)
    expect(server.keys.size).toBe(1)
  })

  test('answers a wish for a nonce with the same token and another proof: no refusal, no replay', async () => {
    const { server, credential, events } = await startWorld({ nonceLasts: 2 })
    const send = connect(credential)
    for (let count = 0; count < 6; count += 1)
      expect(await send(`${server.origin}/things`, { method: 'POST', body: 'a boat' })).toMatchObject({ status: 200 })
    expect(server.accepted).toEqual([
      'POST /token client_credentials',
      ...Array.from({ length: 6 }, () => 'POST /things'),
    ])
    // What each answer says is the nonce of the next proof, so that only the first of all was refused for it.
    expect(server.refused).toEqual(['POST /token use_dpop_nonce'])
    expect(events).toEqual(['acquired'])
  })

  test('sends again for a nonce where it is not to replay, and the one replay is left for a refused token', async () => {
    const { server, credential, events, clock } = await startWorld({ nonceLasts: 100 })
    const send = connect(credential)
    await credential.getToken()
    server.changeNonces()
    expect(await send(`${server.origin}/things`, { replay: false })).toMatchObject({ status: 200 })
    await clock.advance(10_000)
    server.changeNonces()
    server.endTokens()
    expect(await send(`${server.origin}/things`)).toMatchObject({ status: 200 })
    expect(server.refused.slice(1)).toEqual([
      'GET /things use_dpop_nonce',
      'GET /things use_dpop_nonce',
      'GET /things invalid_token',
    ])
    expect(events).toEqual(['acquired', 'refused', 'acquired', 'replayed'])
  })

  test('gives up on an API that is never satisfied with a nonce, and asks for no other token', async () => {
    const { server, credential, events } = await startWorld()
    await credential.getToken()
    const stubborn = await startProofServer({ neverSatisfied: true })
    onTestFinished(() => stubborn[Symbol.asyncDispose]())
    const widened = clientCredentials({
      ...CLIENT,
      tokenUrl: server.tokenUrl,
      origins: [stubborn.origin],
      allowInsecureRequests: true,
      dpop: true,
    })
    expect(await connect(widened)(`${stubborn.origin}/things`)).toMatchObject({ status: 401 })
    expect(stubborn.refused).toEqual(Array.from({ length: 4 }, () => 'GET /things use_dpop_nonce'))
    expect(server.accepted).toEqual(['POST /token client_credentials', 'POST /token client_credentials'])
    expect(events).toEqual(['acquired'])
  })

  test('gives each hop of a redirect a proof of its own, and other origins none', async () => {
    const other = await startProofServer()
    onTestFinished(() => other[Symbol.asyncDispose]())
    const { server, credential } = await startWorld({ elsewhere: `${other.origin}/things` })
    const send = connect(credential)
    expect(JSON.parse((await send(`${server.origin}/moved`)).text)).toMatchObject({ path: '/things' })
    const posted = await send(`${server.origin}/moved`, { method: 'POST', body: 'a boat' })
    expect(JSON.parse(posted.text)).toEqual({ path: '/things', body: 'a boat' })
    expect(server.accepted.slice(1)).toEqual(['GET /moved', 'GET /things', 'POST /moved', 'POST /things'])
    expect(await send(`${server.origin}/elsewhere`)).toMatchObject({ status: 401 })
    expect([other.proofs, other.refused]).toEqual([[], ['GET /things invalid_token no DPoP token']])
  })

  test('a body that can be sent once is not sent again for a nonce, which the next request has', async () => {
    const { server, credential, events } = await startWorld({ nonceLasts: 100 })
    const send = connect(credential)
    await credential.getToken()
    server.changeNonces()
    const stream = () => new Blob(['a boat']).stream()
    // ky makes a `Request`, of whose body a copy is kept.
    const first = name === 'ky' ? 200 : 401
    expect(await send(`${server.origin}/things`, { method: 'POST', body: stream() })).toMatchObject({ status: first })
    expect(await send(`${server.origin}/things`, { method: 'POST', body: stream() })).toMatchObject({ status: 200 })
    expect(events).toEqual(['acquired'])
  })
})
