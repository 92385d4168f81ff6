import type { TokenCredential } from '@valetkey/core'
import { memoryStore } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { describe, expect, test } from 'vitest'
import { authorizationCode, clientCredentials, deviceCode, password } from '../src/index.ts'
import { CLIENT_SECRET, complete, PASSWORD } from './helpers/grants.ts'
import type { TokenServer } from './helpers/token-server.ts'
import { sendAnswer, startTokenServer } from './helpers/token-server.ts'

/** A vendor that knows one refresh token at a time, and an API at `/api` that knows the access token of the last answer. */
function startVendor(first = 'from-my-database'): Promise<TokenServer> {
  let refreshToken = first
  let count = 0
  const started = startTokenServer((request, response) => {
    void started.then(({ requests }) => {
      if (request.url === '/api') {
        const isKnown = request.headers.authorization === `Bearer access-${count}`
        return sendAnswer(response, { status: isKnown ? 200 : 401, body: {} })
      }
      const form = new URLSearchParams(requests.at(-1)?.body)
      if (request.url === '/revoke') return sendAnswer(response, {})
      if (form.get('refresh_token') !== refreshToken)
        return sendAnswer(response, { status: 400, body: { error: 'invalid_grant' } })
      count += 1
      refreshToken = `refresh-${count}`
      const body = { access_token: `access-${count}`, refresh_token: refreshToken, expires_in: 3600 }
      return sendAnswer(response, { body })
    })
  })
  return started
}

const optionsFor = ({ origin, tokenUrl }: TokenServer) => ({
  ...complete({ tokenUrl, revocationUrl: `${origin}/revoke`, store: memoryStore() }),
  origins: [origin],
  authorizationUrl: `${origin}/authorize`,
  deviceAuthorizationUrl: `${origin}/device`,
})

/** What the API answers, after a renewal where it refuses the first token. */
async function statusOf({ origin }: TokenServer, credential: TokenCredential): Promise<number> {
  const first = await credential.authorization()
  const { status } = await fetch(`${origin}/api`, { headers: first.headers })
  if (status !== 401) return status
  const renewed = await credential.renew(first)
  return (await fetch(`${origin}/api`, { headers: { ...renewed?.headers } })).status
}

type Make = (options: ReturnType<typeof optionsFor>) => TokenCredential

const people = (options: ReturnType<typeof optionsFor>) =>
  authorizationCode({ ...options, redirectUri: 'https://app.example.com/callback' })

const GRANTS: Readonly<Record<string, Make>> = {
  authorizationCode: people,
  deviceCode,
  password: (options) => password({ ...options, username: 'skipper@example.com', password: PASSWORD }),
}

const formsOf = ({ requests }: TokenServer): Record<string, string>[] =>
  requests.filter(({ method }) => method === 'POST').map(({ body }) => Object.fromEntries(new URLSearchParams(body)))

describe.each(Object.entries(GRANTS))('%s', (_, make) => {
  test('goes on with a refresh token from elsewhere: nobody signs in', async () => {
    await using vendor = await startVendor()
    const credential = make(optionsFor(vendor))
    expect(await credential.importTokens({ refreshToken: 'from-my-database' })).toEqual({ imported: true })
    expect(await statusOf(vendor, credential)).toBe(200)
    expect(formsOf(vendor)).toEqual([{ grant_type: 'refresh_token', refresh_token: 'from-my-database' }])
    expect(vendor.requests[0]?.headers.authorization).toBe(`Basic ${btoa(`boat-app:${CLIENT_SECRET}`)}`)
  })

  test('replaces an access token that the API refuses', async () => {
    await using vendor = await startVendor()
    const credential = make(optionsFor(vendor))
    await credential.importTokens({ accessToken: 'refused', refreshToken: 'from-my-database' })
    expect(await statusOf(vendor, credential)).toBe(200)
  })

  test('takes tokens of storeSignIn too', async () => {
    await using vendor = await startVendor()
    const credential = make(optionsFor(vendor))
    await storeSignIn(credential, { accessToken: 'stored', refreshToken: 'from-my-database' })
    expect((await credential.getToken()).accessToken).toBe('stored')
  })

  test('signed out before it is used, gives back the refresh token and no empty one', async () => {
    await using vendor = await startVendor()
    const credential = make(optionsFor(vendor))
    await credential.importTokens({ refreshToken: 'from-my-database' })
    expect(await credential.signOut()).toEqual({ revoked: true })
    expect(formsOf(vendor)).toEqual([{ token: 'from-my-database', token_type_hint: 'refresh_token' }])
  })

  test('names what is wrong with them by the vendor’s name', async () => {
    await using vendor = await startVendor()
    const importing = make(optionsFor(vendor)).importTokens({ accessToken: 'a', expiresAt: 1_800_000_000 })
    await expect(importing).rejects.toMatchObject({
      code: 'invalid_option',
      message: '[acme] "expiresAt" must be Unix ms, and is a time before 2001: multiply seconds by 1000',
    })
  })
})

test.each([
  ['authorizationCode', people],
  ['deviceCode', deviceCode],
])('%s: each account imports its own, and one listener hears of all', async (_, make) => {
  await using vendor = await startVendor('of-ann')
  const credential = make(optionsFor(vendor))
  const heard: string[] = []
  credential.on('signed_in', ({ account }) => heard.push(account))
  await credential.for('ann').importTokens({ refreshToken: 'of-ann' })
  await credential.for('bob').importTokens({ accessToken: 'of-bob' })
  expect((await credential.for('ann').getToken()).accessToken).toBe('access-1')
  expect((await credential.for('bob').getToken()).accessToken).toBe('of-bob')
  await expect(credential.getToken()).rejects.toMatchObject({ code: 'not_signed_in' })
  expect(heard).toEqual(['ann', 'bob'])
})

test('clientCredentials says that it has no use for a refresh token, and takes an access token', async () => {
  await using vendor = await startVendor()
  const credential = clientCredentials(optionsFor(vendor))
  await expect(credential.importTokens({ refreshToken: 'from-my-database' })).rejects.toMatchObject({
    code: 'invalid_option',
    option: 'refreshToken',
    message: expect.stringContaining('this grant does not refresh'),
  })
  await credential.importTokens({ accessToken: 'mine' })
  expect((await credential.getToken()).accessToken).toBe('mine')
  expect(vendor.requests).toEqual([])
})
