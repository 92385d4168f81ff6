import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTokenCredential, type TokenStore } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { withCredential } from '@valetkey/fetch'
import { fileStore } from '@valetkey/store-file'
import { postgresStore } from '@valetkey/store-postgres'
import { redisStore } from '@valetkey/store-redis'
import { Redis } from 'ioredis'
import { Pool } from 'pg'

declare const test: (name: string, run: () => Promise<void>) => void

/** Nothing listens there. */
const CLOSED_PORT = 1

function equal(seen: unknown, expected: unknown): void {
  if (JSON.stringify(seen) !== JSON.stringify(expected)) {
    throw new TypeError(`${JSON.stringify(seen)} is not ${JSON.stringify(expected)}`)
  }
}

function acme(store: TokenStore, origin = 'https://api.example.com') {
  const grant = { refresh: async () => ({ accessToken: 'refreshed', refreshToken: 'next', expiresIn: 3600 }) }
  return createTokenCredential(
    { vendor: 'acme', origins: [origin], identity: ['realms'], grant },
    { store, allowInsecureRequests: true },
  )
}

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-realms-'))
  try {
    await use(join(folder, 'tokens'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

const messageOf = (work: Promise<unknown>): Promise<unknown> => work.catch(({ message }: Error) => message)

test('a person signs in into a file store that is not there yet, and out of it', () =>
  inFolder(async (path) => {
    const credential = acme(fileStore({ path }))
    equal((await credential.status()).state, 'signed_out')
    await storeSignIn(credential, { accessToken: 'signed-in', refreshToken: 'first', expiresIn: 3600 })
    equal((await acme(fileStore({ path })).getToken()).accessToken, 'signed-in')
    await credential.signOut()
    equal((await acme(fileStore({ path })).status()).state, 'signed_out')
  }))

test('of several writers to a file store one wins', () =>
  inFolder(async (path) => {
    const writes = ['a', 'b', 'c'].map((value) => fileStore({ path }).compareAndSet('key', undefined, value))
    equal((await Promise.all(writes)).filter(({ ok }) => ok).length, 1)
  }))

test('Redis that does not answer is named by its error', async () => {
  const client = new Redis({ host: '127.0.0.1', port: CLOSED_PORT, maxRetriesPerRequest: 0, retryStrategy: () => null })
  client.on('error', () => {})
  const message = String(await messageOf(redisStore(client).get('key')))
  equal(/^\[@valetkey\/store-redis\] Redis gave no answer \(\w*(?:Error|ECONNREFUSED)\)$/.test(message), true)
  client.disconnect()
})

test('Postgres that does not answer is named by its error', async () => {
  const pool = new Pool({ host: '127.0.0.1', port: CLOSED_PORT })
  const message = await messageOf(postgresStore(pool).get('key'))
  equal(message, '[@valetkey/store-postgres] Postgres gave no answer (ECONNREFUSED)')
  await pool.end()
})

test('a request goes out with the headers of a Headers, and with the token', () =>
  inFolder(async (path) => {
    const seen: unknown[] = []
    const server = createServer(({ headers }, response) => {
      seen.push([headers.authorization, headers['x-boat']])
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const credential = acme(fileStore({ path }), origin)
    await storeSignIn(credential, { accessToken: 'signed-in', refreshToken: 'first', expiresIn: 3600 })
    const api = withCredential(fetch, credential)
    await api(origin, { headers: new Headers({ 'x-boat': 'ida' }) })
    await api(origin, { headers: { authorization: 'Bearer of-the-caller', 'x-boat': 'jon' } })
    equal(seen, [
      ['Bearer signed-in', 'ida'],
      ['Bearer of-the-caller', 'jon'],
    ])
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }))
