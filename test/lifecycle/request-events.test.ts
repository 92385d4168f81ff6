import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AnyCredentialEvent, createTokenCredential, memoryStore, type TokenGrant } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { expect, onTestFinished, test } from 'vitest'
import { rotatingVendor, unavailable } from './support/rotating-vendor.ts'

const origins = ['https://api.acme.example']
const REQUEST_MS = 120

/** A token endpoint that answers with these statuses, then with 200. */
async function tokenServer(...statuses: number[]): Promise<string> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(statuses.shift() ?? 200).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Two processes that share a store, and what each of them hears. */
function setUp(grant: TokenGrant) {
  const clock = virtualClock()
  const shared = memoryStore({ clock })
  const start = () => {
    const definition = { vendor: 'acme', origins, identity: ['events'], grant }
    const credential = createTokenCredential(definition, { clock, store: { ...shared } })
    const events: AnyCredentialEvent[] = []
    credential.on('*', (...event) => events.push(event))
    return { credential, events }
  }
  return { clock, first: start(), second: start() }
}

test('a failed token request says what was tried, for how long, and at which server', async () => {
  const server = await tokenServer(503)
  const grant: TokenGrant = {
    async acquire({ fetch }) {
      const request = fetch(`${server}/token?secret=s3cret`)
      await clock.advance(REQUEST_MS)
      if ((await request).status === 503) throw unavailable({ status: 503 })
      return { accessToken: 'access-1', expiresIn: 3600 }
    },
  }
  const { clock, first } = setUp(grant)
  await clock.runUntil(first.credential.getToken(), 1_000)
  const request = { vendor: 'acme', durationMs: REQUEST_MS, server }
  expect(first.events).toMatchObject([
    ['refresh_failed', { ...request, mode: 'acquire', reason: 'token_unavailable', status: 503 }],
    ['acquired', request],
  ])
})

test.each([
  ['a URL', (url: string) => new URL(url)],
  ['a Request', (url: string) => new Request(url)],
])('the server of a token request is told where the grant fetches %s', async (_, inputOf) => {
  const server = await tokenServer()
  const { first } = setUp({
    async acquire({ fetch }) {
      await fetch(inputOf(`${server}/token`))
      return { accessToken: 'access-1' }
    },
  })
  await first.credential.getToken()
  expect(first.events).toMatchObject([['acquired', { server }]])
})

test('a grant that does not use the fetch that it is given tells of no server', async () => {
  const { first } = setUp({ acquire: async () => ({ accessToken: 'access-1' }) })
  await first.credential.getToken()
  expect(first.events).toMatchObject([['acquired', { server: undefined }]])
})

test('a refresh that another process does is waited for once, however many requests there are', async () => {
  const vendor = rotatingVendor()
  const { clock, first, second } = setUp(vendor.grant)
  const release = vendor.hold()
  const refreshing = first.credential.getToken()
  await clock.advance(0)
  const waiting = [second.credential.getToken(), second.credential.getToken()]
  await clock.advance(400)
  release()
  await clock.runUntil(Promise.all([refreshing, ...waiting]), 1_000)
  expect(first.events).toMatchObject([['acquired', {}]])
  const { generation } = await second.credential.authorization()
  const durationMs = expect.closeTo(400, -2)
  expect(second.events).toMatchObject([
    ['adopted', { generation }],
    ['waited', { generation, durationMs }],
  ])
})

test('what comes after the wait for a process that failed is not counted as a wait for it', async () => {
  const vendor = rotatingVendor()
  const { clock, first, second } = setUp(vendor.grant)
  const release = vendor.hold()
  vendor.next(unavailable(), unavailable(), unavailable())
  const tries = [first.credential.getToken()]
  await clock.advance(0)
  tries.push(second.credential.getToken())
  await clock.advance(300)
  release()
  await clock.runUntil(Promise.all(tries), 2_000)
  const waits = second.events.filter(([name]) => name === 'waited')
  expect(waits[0]).toMatchObject(['waited', { durationMs: expect.closeTo(300, -2) }])
})

test('a process that meets no lease tells of no wait', async () => {
  const { first } = setUp(rotatingVendor().grant)
  const before = await first.credential.authorization()
  await first.credential.renew(before)
  expect(first.events.map(([name]) => name)).toEqual(['acquired', 'refreshed'])
})
