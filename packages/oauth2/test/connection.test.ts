import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { acquire, clientGrant, failureOf, refresh, userGrant } from './helpers/grants.ts'
import { startTokenServer } from './helpers/token-server.ts'
import { withResolvers } from './helpers/with-resolvers.ts'

describe('a redirect (S3)', () => {
  test.each([301, 302, 303, 307, 308])('%d is refused, and nothing is sent on', async (status) => {
    await using elsewhere = await startTokenServer({ body: { access_token: 'stolen' } })
    await using server = await startTokenServer({ status, headers: { location: elsewhere.tokenUrl } })
    const normalize = () => ({ status: 200, body: { access_token: 'of a dialect that takes anything' } })
    const failure = await failureOf(refresh(userGrant({ tokenUrl: server.tokenUrl, normalize })))
    expect(failure).toEqual({ kind: 'token_unavailable', sent: true, status, description: 'redirect refused' })
    expect(elsewhere.requests).toEqual([])
  })

  test('that a fetch followed by itself brings no token', async () => {
    await using target = await startTokenServer({ body: { access_token: 'from-elsewhere' } })
    await using server = await startTokenServer({ status: 307, headers: { location: target.tokenUrl } })
    const followingFetch: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'follow' })
    const failure = await failureOf(acquire(clientGrant({ tokenUrl: server.tokenUrl }), { fetch: followingFetch }))
    expect(failure).toMatchObject({ kind: 'token_unavailable', sent: true, description: 'redirect refused' })
  })
})

describe('a connection that fails', () => {
  test('is known never to have carried the request when it was refused', async () => {
    const port = await unusedPort()
    const failure = await failureOf(acquire(clientGrant({ tokenUrl: `http://127.0.0.1:${port}/token` })))
    expect(failure).toMatchObject({ kind: 'token_unavailable', sent: false })
    expect(failure.description).toContain('ECONNREFUSED')
  })

  test('is known never to have carried the request when there is no TLS at the other end', async () => {
    await using server = await startTokenServer({ body: { access_token: 'token' } })
    const failure = await failureOf(acquire(clientGrant({ tokenUrl: server.tokenUrl.replace('http:', 'https:') })))
    expect(failure).toMatchObject({ kind: 'token_unavailable', sent: false })
    expect(server.requests).toEqual([])
  })

  test('may have carried the request when it was reset before the answer', async () => {
    await using server = await startTokenServer((request) => request.socket.destroy())
    const failure = await failureOf(refresh(userGrant({ tokenUrl: server.tokenUrl })))
    expect(failure).toMatchObject({ kind: 'token_unavailable', sent: true })
  })

  test('has carried the request when it was reset within the answer', async () => {
    await using server = await startTokenServer((request, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('{"access_token":"canary', () => request.socket.destroy())
    })
    const failure = await failureOf(refresh(userGrant({ tokenUrl: server.tokenUrl })))
    expect(failure).toMatchObject({ kind: 'token_unavailable', sent: true, status: 200 })
    expect(JSON.stringify(failure)).not.toContain('canary')
  })

  test('is a GrantError also when the fetch throws instead of rejecting', async () => {
    const brokenFetch = () => {
      throw new Error('canary')
    }
    const failure = await failureOf(
      acquire(clientGrant({ tokenUrl: 'http://127.0.0.1/token' }), { fetch: brokenFetch }),
    )
    expect(failure).toEqual({
      kind: 'token_unavailable',
      sent: true,
      description: 'no answer from the authorization server',
    })
  })
})

describe('the time limit', () => {
  test('that passed while a secret was read means that nothing was sent', async () => {
    await using server = await startTokenServer({ body: { access_token: 'token' } })
    const limit = new AbortController()
    const clientSecret = async () => {
      limit.abort()
      return 'from-a-slow-vault'
    }
    const grant = clientGrant({ tokenUrl: server.tokenUrl, clientSecret })
    expect(await failureOf(acquire(grant, { signal: limit.signal }))).toMatchObject({
      kind: 'token_unavailable',
      sent: false,
    })
    expect(server.requests).toEqual([])
  })

  test('that passes before the answer leaves open what became of the request', async () => {
    const limit = new AbortController()
    await using server = await startTokenServer(() => limit.abort())
    const grant = clientGrant({ tokenUrl: server.tokenUrl })
    expect(await failureOf(acquire(grant, { signal: limit.signal }))).toMatchObject({
      kind: 'token_unavailable',
      sent: true,
    })
  })

  test('ends an answer that drips (S15)', async () => {
    const limit = new AbortController()
    await using server = await startTokenServer((_request, response) => {
      response.writeHead(200)
      response.write('{"access_token":', () => limit.abort())
    })
    const failure = await failureOf(acquire(clientGrant({ tokenUrl: server.tokenUrl }), { signal: limit.signal }))
    expect(failure).toMatchObject({ kind: 'token_unavailable', sent: true })
  })

  test('ends an answer whose fetch knows no signals', async () => {
    const limit = new AbortController()
    const body = new ReadableStream({ pull: () => limit.abort() }, { highWaterMark: 0 })
    const deafFetch = async () => new Response(body)
    const grant = clientGrant({ tokenUrl: 'http://127.0.0.1/token' })
    const failure = await failureOf(acquire(grant, { signal: limit.signal, fetch: deafFetch }))
    expect(failure).toMatchObject({ kind: 'token_unavailable', sent: true, status: 200 })
  })
})

describe('a large answer (S15)', () => {
  test('is refused beyond 1 MiB', async () => {
    await using server = await startTokenServer({ body: { access_token: 'token', padding: 'x'.repeat(1024 * 1024) } })
    const failure = await failureOf(acquire(clientGrant({ tokenUrl: server.tokenUrl })))
    expect(failure).toMatchObject({ kind: 'token_unavailable', description: 'the answer is larger than 1 MiB' })
  })

  test('is taken below that', async () => {
    await using server = await startTokenServer({ body: { access_token: 'token', padding: 'x'.repeat(1_000_000) } })
    expect(await acquire(clientGrant({ tokenUrl: server.tokenUrl }))).toMatchObject({ accessToken: 'token' })
  })

  test('is measured after decompression, and left unread', async () => {
    const body = gzipSync(Buffer.alloc(64 * 1024 * 1024, 'x'))
    expect(body.byteLength).toBeLessThan(1024 * 1024)
    await using server = await startTokenServer({ headers: { 'content-encoding': 'gzip' }, body })
    const failure = await failureOf(acquire(clientGrant({ tokenUrl: server.tokenUrl })))
    expect(failure).toMatchObject({ kind: 'token_unavailable', description: 'the answer is larger than 1 MiB' })
  })

  test('without an end is left', async () => {
    const { promise: left, resolve } = withResolvers()
    await using server = await startTokenServer((_request, response) => {
      const more = () => void (response.destroyed || response.write('x'.repeat(64 * 1024), () => setImmediate(more)))
      response.writeHead(200).on('close', resolve)
      more()
    })
    const failure = await failureOf(acquire(clientGrant({ tokenUrl: server.tokenUrl })))
    expect(failure.description).toBe('the answer is larger than 1 MiB')
    await left
  })
})

async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
