import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'

import type { AirthingsSimulator } from '../src/simulators/index.ts'
import { airthingsWorld, type SignInWorld, STATE } from './sign-in-simulator/vendors.ts'

test('pages, token endpoint and API are three hosts', async () => {
  const { simulator } = await airthingsWorld()
  const { authorizationUrl, tokenUrl, baseUrl } = simulator
  expect(new Set([authorizationUrl, tokenUrl, baseUrl].map((url) => new URL(url).origin)).size).toBe(3)
  expect(new URL(authorizationUrl).pathname).toBe('/authorize')
})

test('of the page’s parameters only those that are documented are needed', async () => {
  const { simulator, pageUrl, exchange } = await airthingsWorld()
  const url = pageUrl({ response_type: undefined, scope: undefined, state: undefined })
  const { searchParams } = simulator.approve(url)
  expect(searchParams.has('state')).toBe(false)
  const { access_token } = await (await exchange(searchParams.get('code'))).json()
  expect(decodeJwt(access_token)).toMatchObject({ scope: 'read:device:current_values' })
  expect(simulator.approve(pageUrl({ state: 'short' })).searchParams.get('state')).toBe('short')
  expect(simulator.approve(pageUrl()).searchParams.get('state')).toBe(STATE)
})

test('each person sees their own account, after a refresh too', async () => {
  const world = await airthingsWorld()
  const robin = await accountOf(world, 'robin@example.com')
  const kim = await accountOf(world, 'kim@example.com')
  expect(robin.first).toEqual(robin.refreshed)
  expect(kim.first).toEqual(kim.refreshed)
  expect(robin.first).not.toEqual(kim.first)
})

/** The ids that the API shows with the first tokens and with the next. */
async function accountOf(world: SignInWorld & { readonly simulator: AirthingsSimulator }, account: string) {
  const code = world.simulator.approve(world.pageUrl(), { account }).searchParams.get('code')
  const tokens = await (await world.exchange(code)).json()
  const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }
  const next = await (await world.exchange('', refresh)).json()
  return { first: await accounts(world, tokens), refreshed: await accounts(world, next) }
}

async function accounts({ simulator }: SignInWorld, { access_token }: { readonly access_token: string }) {
  const answer = await fetch(`${simulator.baseUrl}/v1/accounts`, { headers: { authorization: access_token } })
  expect(answer.status).toBe(200)
  return await answer.json()
}
