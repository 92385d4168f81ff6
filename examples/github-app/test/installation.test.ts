import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isCredentialError, memoryStore, type TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { findLeaks, virtualClock } from '@valetkey/testing'
import { jwtVerify } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import { githubInstallation, type InstallationOptions } from '../src/installation.ts'
import { createGitHubFetch } from '../src/repositories.ts'

const CLIENT_ID = 'Iv23example'
const HOUR_MS = 3_600_000

/** GitHub gives keys out as PKCS#1. */
const generateApp = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
const app = generateApp()

/** GitHub with one app, the installations 1 and 2 of it, and a list of repositories that their tokens may read. */
async function startGitHub() {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const tokens = new Map<string, number>()
  const asked: string[] = []
  const issue = async (request: IncomingMessage, installation: string) => {
    const jwt = (request.headers.authorization ?? '').replace('Bearer ', '')
    const currentDate = new Date(clock.now())
    const rules = { issuer: CLIENT_ID, currentDate, maxTokenAge: '11m', requiredClaims: ['iss', 'iat', 'exp'] }
    const isApp = await jwtVerify(jwt, createPublicKey(app.publicKey), rules).then(
      ({ payload }) => (payload.exp ?? 0) <= clock.now() / 1000 + 600,
      () => false,
    )
    if (!isApp) return [401, { message: 'A JSON web token could not be decoded' }] as const
    if (!['1', '2'].includes(installation)) return [404, { message: 'Not Found' }] as const
    const token = `ghs_${installation}_${asked.length}`
    const expiresAt = clock.now() + HOUR_MS
    tokens.set(token, expiresAt)
    return [201, { token, expires_at: new Date(expiresAt).toISOString(), permissions: {} }] as const
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [, installation] = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(request.url ?? '') ?? []
    const token = (request.headers.authorization ?? '').replace('Bearer ', '')
    const isValid = (tokens.get(token) ?? 0) > clock.now()
    if (installation !== undefined) asked.push(`${request.method} ${request.url}`)
    const [status, body] =
      installation === undefined ? [isValid ? 200 : 401, { token }] : await issue(request, installation)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const options = { clientId: CLIENT_ID, privateKey: app.privateKey, installationId: 1, apiUrl }
  /** As another process has it: the same store as another object. */
  const connect = (changes: Partial<InstallationOptions> = {}) =>
    githubInstallation({ ...options, allowInsecureRequests: true, clock, store: { ...store }, ...changes })
  const call = async (credential: TokenCredential) => {
    const response = await withCredential(fetch, credential)(`${apiUrl}/installation/repositories`)
    return `${response.status} ${(await response.json()).token}`
  }
  return {
    options: { ...options, allowInsecureRequests: true, clock },
    clock,
    asked,
    connect,
    call,
    end: () => tokens.clear(),
  }
}

test('an installation token is acquired with a JWT of the app, and a new one before its hour is over', async () => {
  const { clock, asked, connect, call } = await startGitHub()
  const credential = connect()
  expect(await call(credential)).toBe('200 ghs_1_1')
  expect(await credential.status()).toMatchObject({ state: 'ready', expiresAt: clock.now() + HOUR_MS })
  await clock.advance(HOUR_MS)
  expect(await call(credential)).toBe('200 ghs_1_2')
  expect(asked).toEqual(Array(2).fill('POST /app/installations/1/access_tokens'))
})

test('a token that GitHub takes back early is replaced, and the request sent again', async () => {
  const { clock, connect, call, end } = await startGitHub()
  const credential = connect()
  await call(credential)
  await clock.advance(3_000)
  end()
  expect(await call(credential)).toBe('200 ghs_1_2')
})

test('two processes share one token, two installations do not', async () => {
  const { clock, asked, connect, call } = await startGitHub()
  const both = Promise.all([call(connect()), call(connect())])
  expect(await clock.runUntil(both, 2_000)).toEqual(['200 ghs_1_1', '200 ghs_1_1'])
  expect(await call(connect({ installationId: 2 }))).toBe('200 ghs_2_2')
  expect(asked).toHaveLength(2)
})

test('a wrong key and an unknown installation are client_rejected, and show no key', async () => {
  const { connect, asked } = await startGitHub()
  for (const [changes, status] of [
    [{ privateKey: generateApp().privateKey }, 401],
    [{ installationId: 3 }, 404],
  ] as const) {
    const error: unknown = await connect(changes)
      .getToken()
      .catch((reason: unknown) => reason)
    if (!isCredentialError(error, 'client_rejected')) throw error
    expect(error.status).toBe(status)
    expect(findLeaks(error, [app.privateKey])).toEqual([])
  }
  expect(asked).toHaveLength(2)
})

test('another host gets no token', async () => {
  const [github, other] = [await startGitHub(), await startGitHub()]
  const send = createGitHubFetch(github.options)
  expect((await send(`${github.options.apiUrl}/installation/repositories`)).status).toBe(200)
  expect(await (await send(`${other.options.apiUrl}/installation/repositories`)).json()).toEqual({ token: '' })
  expect(other.asked).toEqual([])
})
