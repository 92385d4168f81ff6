import type { TokenCredential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import {
  authorizationCode,
  type DeviceCredential,
  type SignInCredential,
  type Vendor,
  type VendorData,
} from '@valetkey/oauth2'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { CLIENT_ID, CLIENT_SECRET, type Imitation, REDIRECT_URI, type Rules, startImitation } from './imitation.ts'
import type { Row } from './row.ts'
import { ROWS } from './rows.ts'

type Factory = (options: object) => TokenCredential

/** Longer than any pause between retries or polls, shorter than any time limit. */
const PAUSE_MS = 8_000

/** The options of a grant in the imitated world. */
function optionsOf({ options, endpoints }: Row, grant: string, { origin }: Imitation, clock: VirtualClock): object {
  return {
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseUrl: origin,
    tokenUrl: `${origin}/token`,
    ...(endpoints.revoke && { revocationUrl: `${origin}/revoke` }),
    ...(grant === 'authorizationCode' && { authorizationUrl: `${origin}/authorize`, redirectUri: REDIRECT_URI }),
    ...(grant === 'deviceCode' && { deviceAuthorizationUrl: `${origin}/device` }),
    ...(grant === 'password' && { username: 'robin@example.com', password: 'correct horse' }),
    allowInsecureRequests: true,
    clock,
    ...options,
  }
}

async function signIn(credential: TokenCredential, grant: string, clock: VirtualClock): Promise<void> {
  if (grant === 'authorizationCode') {
    const { url, signIn } = await (credential as SignInCredential).beginSignIn()
    const answer = await fetch(url, { redirect: 'manual' })
    const callback = answer.headers.get('location') ?? `not understood: ${await answer.text()}`
    await (credential as SignInCredential).completeSignIn(callback, signIn)
  }
  if (grant === 'deviceCode') {
    const { done } = await (credential as DeviceCredential).beginSignIn()
    await clock.runUntil(done, PAUSE_MS)
  }
}

async function start(row: Row, grant: string, rules: Rules) {
  const imitation = await startImitation(grant, rules)
  const clock = virtualClock()
  const make = (row.module as Readonly<Record<string, Factory>>)[grant]
  if (make === undefined) throw new Error(`the module has no export "${grant}"`)
  const { clientSecret, ...rest } = optionsOf(row, grant, imitation, clock) as Readonly<Record<string, unknown>>
  const credential = make({ ...rest, ...(rules.client !== 'id' && { clientSecret }), ...rules.options })
  await signIn(credential, grant, clock)
  const api = withCredential(fetch, credential)
  const call = async () => (await api(`${imitation.origin}/things`)).json()
  return { imitation, credential, clock, call, [Symbol.asyncDispose]: () => imitation[Symbol.asyncDispose]() }
}

/** What a vendor does not have is no test of it, and no skipped one. */
const when = (isSo: boolean): readonly true[] => (isSo ? [true] : [])

describe.each(ROWS)('%s', (name, row) => {
  const { vendor } = row.module as { readonly vendor: Vendor<VendorData> }

  test('has the documented endpoints', () => {
    let completed: Readonly<Record<string, unknown>> = {}
    const capture = (options: { readonly vendor: string }) => {
      completed = { ...options }
      return {} as TokenCredential
    }
    const make: Factory = vendor(Object.assign(capture, { options: authorizationCode.options }) as never)
    const secret = vendor.data.secret === 'none' ? {} : { clientSecret: CLIENT_SECRET }
    make({ clientId: CLIENT_ID, ...secret, redirectUri: REDIRECT_URI, ...row.options })
    const { authorize, token, device, revoke, api } = row.endpoints
    expect(completed).toMatchObject({ vendor: name, origins: api, tokenUrl: token })
    expect(completed.authorizationUrl).toBe(authorize)
    expect(completed.deviceAuthorizationUrl).toBe(device)
    expect(completed.revocationUrl).toBe(revoke)
  })

  test('names its pages and the day when they were read', () => {
    const pages = Object.entries(vendor.data.documentation ?? {})
    expect(pages).not.toHaveLength(0)
    for (const [page, read] of pages) {
      expect(new URL(page).protocol).toBe('https:')
      expect(read).toMatch(/^20\d\d-\d\d-\d\d$/)
    }
  })

  describe.each(Object.entries(row.grants))('%s', (grant, rules) => {
    const renews = grant !== 'authorizationCode' && grant !== 'deviceCode'

    test('signs in, calls, and meets an outage', async () => {
      await using world = await start(row, grant, rules)
      if (renews) world.imitation.fail(1)
      expect(await world.clock.runUntil(world.call(), PAUSE_MS)).toEqual({ ok: true })
      expect(world.imitation.tokenRequests).toHaveLength(1)
      if (row.details && grant === 'authorizationCode')
        expect(await world.credential.details()).toMatchObject(row.details)
    })

    test.each(when(rules.refresh !== 'never' || renews))('is refused, renews twice and is answered', async () => {
      await using world = await start(row, grant, rules)
      await world.call()
      for (const renewals of [1, 2]) {
        world.imitation.expire()
        world.imitation.fail(1)
        expect(await world.clock.runUntil(world.call(), PAUSE_MS)).toEqual({ ok: true })
        expect(world.imitation.tokenRequests).toHaveLength(1 + renewals)
      }
      if (row.details && grant === 'authorizationCode')
        expect(await world.credential.details()).toMatchObject(row.details)
    })

    const { accessToken } = vendor.data.lifetimes ?? {}
    test.each(when(typeof accessToken === 'number' && (rules.refresh !== 'never' || renews)))(
      'renews by itself at the end of the documented lifetime',
      async () => {
        await using world = await start(row, grant, rules)
        await world.call()
        await world.clock.advance(Number(accessToken) * 1000 - 1000)
        expect(world.imitation.tokenRequests).toHaveLength(1)
        await world.clock.advance(2000)
        expect(await world.clock.runUntil(world.call(), PAUSE_MS)).toEqual({ ok: true })
        expect(world.imitation.tokenRequests).toHaveLength(2)
      },
    )

    test.each(when(!renews))('asks for a person when the grant is over', async () => {
      await using world = await start(row, grant, rules)
      await world.call()
      world.imitation.revoke()
      const refused = await world.credential.authorization()
      await expect(world.credential.renew(refused)).rejects.toMatchObject({ code: 'reauthorization_required' })
      expect(await world.credential.status()).toMatchObject({ renewable: false })
    })

    test.each(when(row.endpoints.revoke !== undefined))('takes its tokens back at sign-out', async () => {
      await using world = await start(row, grant, rules)
      await world.call()
      await world.clock.runUntil(world.credential.signOut(), PAUSE_MS)
      expect(world.imitation.revoked).toContain(rules.refresh === 'never' ? 'access-1' : 'refresh-1')
    })
  })
})
