import { memoryStore } from '@valetkey/core'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { clientCredentials, customGrant, jwtBearer, password, tokenExchange } from '../src/index.ts'
import type { ClientlessOptions } from '../src/options.ts'
import { complete, PASSWORD } from './helpers/grants.ts'
import { sendAnswer, startTokenServer } from './helpers/token-server.ts'

/** Options of different origin in one credential. */
const formOf = ({ body }: { readonly body: string }) => Object.fromEntries(new URLSearchParams(body))

const MADE = {
  jwtBearer: (options: ClientlessOptions) => jwtBearer({ ...options, assertion: 'an-assertion' }),
  tokenExchange: (options: ClientlessOptions) => tokenExchange({ ...options, subjectToken: 'a-subject' }),
  customGrant: (options: ClientlessOptions) =>
    customGrant({ ...options, parameters: {}, grantType: 'account_credentials' }),
}

describe.each(Object.entries(MADE))('%s', (_, make) => {
  test('keeps two audiences of a function apart in one store (S20)', async () => {
    await using server = await startTokenServer((request, response) => {
      void request
      const { audience } = formOf(server.requests.at(-1) ?? { body: '' })
      sendAnswer(response, { body: { access_token: `for-${audience}`, expires_in: 3600 } })
    })
    const store = memoryStore()
    const tokenOf = async (audience: string) => {
      const tokenParameters = (grantType: string): Record<string, string> =>
        grantType === 'refresh_token' ? {} : { audience }
      const options = { ...complete({ tokenUrl: server.tokenUrl, store }), tokenParameters, account: 'ann' }
      return (await make(options).getToken()).accessToken
    }
    expect([await tokenOf('orders'), await tokenOf('billing')]).toEqual(['for-orders', 'for-billing'])
  })

  test('sends the audience of tokenParameters', async () => {
    await using server = await startTokenServer({ body: { access_token: 'token', expires_in: 3600 } })
    const options = complete({ tokenUrl: server.tokenUrl, tokenParameters: { audience: 'orders' } })
    await make(options).getToken()
    expect(server.requests.map(formOf)).toMatchObject([{ audience: 'orders' }])
  })
})

test('a refresh that is answered with a token of another type keeps its new refresh token', async () => {
  const clock = virtualClock()
  let count = 0
  await using server = await startTokenServer((_, response) => {
    count += 1
    const type = count === 2 ? 'N_A' : 'Bearer'
    const body = { access_token: `a${count}`, token_type: type, refresh_token: `r${count}`, expires_in: 60 }
    sendAnswer(response, { body })
  })
  const credential = tokenExchange({
    ...complete({ tokenUrl: server.tokenUrl, clock }),
    subjectToken: 'a-subject',
  })
  await credential.getToken()
  await clock.advance(60_000)
  await clock.runUntil(credential.getToken(), 60_000)
  expect(server.requests.map((request) => formOf(request).refresh_token)).toEqual([undefined, 'r1', 'r2'])
})

test('a refresh token that came with the first tokens is not lost when the request for one API fails', async () => {
  const clock = virtualClock()
  let isUp = false
  await using server = await startTokenServer((_, response) => {
    const { grant_type } = formOf(server.requests.at(-1) ?? { body: '' })
    if (grant_type !== 'password' && !isUp) return sendAnswer(response, { status: 503 })
    return sendAnswer(response, { body: { access_token: 'a', refresh_token: 'r', expires_in: 3600 } })
  })
  const options = complete({ tokenUrl: server.tokenUrl, clock })
  const orders = password({ ...options, username: 'skipper', password: PASSWORD }).resource(
    'https://orders.example.com',
  )
  const refused = orders.getToken().catch((error: unknown) => error)
  await clock.runUntil(refused, 60_000)
  expect(await refused).toMatchObject({ code: 'token_unavailable' })
  isUp = true
  await clock.advance(600_000)
  await clock.runUntil(orders.getToken(), 60_000)
  const grantTypes = server.requests.map((request) => formOf(request).grant_type)
  expect(grantTypes.filter((grantType) => grantType === 'password')).toHaveLength(1)
})

test('an API that is asked for with each request has one token', async () => {
  await using server = await startTokenServer({ body: { access_token: 'token', expires_in: 3600 } })
  const credential = clientCredentials(complete({ tokenUrl: server.tokenUrl }))
  for (const name of ['orders', 'orders', 'billing', 'orders']) await credential.audience(name).getToken()
  expect(server.requests.map((request) => formOf(request).audience)).toEqual(['orders', 'billing'])
})

test('an API keeps the parameters that the credential was made with', async () => {
  await using server = await startTokenServer({ body: { access_token: 'token', expires_in: 3600 } })
  const tokenParameters: Record<string, string> = { tenant_id: '1' }
  const credential = clientCredentials(complete({ tokenUrl: server.tokenUrl, tokenParameters }))
  tokenParameters.tenant_id = '2'
  await credential.audience('orders').getToken()
  expect(server.requests.map(formOf)).toMatchObject([{ audience: 'orders', tenant_id: '1' }])
})
