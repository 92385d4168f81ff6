import { metrics } from '@opentelemetry/api'
import { createApiKeyCredential, type TokenStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { instrument } from '@valetkey/otel'
import { expect, onTestFinished, test } from 'vitest'
import { CANARY } from './support/vendor.ts'
import { createWorld, KNOWN_AFTER_MS } from './support/world.ts'

const acme = { 'valetkey.vendor': 'acme' }
const HOUR_S = 3_600

test('the histogram has each token request: how long, what for, and what went wrong', async () => {
  const { vendor, clock, telemetry, signedIn, program } = await createWorld()
  instrument([await signedIn(), program()], telemetry.sdk)
  const [person, service] = [await signedIn(), program()]
  instrument([person, service], telemetry.sdk)
  vendor.refuse({ status: 503 })
  await clock.runUntil(person.getToken(), 1_000)
  const { arrived, release } = vendor.hold()
  const acquiring = service.getToken()
  await arrived
  await clock.advance(250)
  release()
  await acquiring
  expect(await telemetry.points('valetkey.refresh.duration')).toEqual([
    {
      attributes: { ...acme, 'valetkey.operation': 'refresh', 'error.type': '503' },
      count: 1,
      sum: expect.any(Number),
    },
    { attributes: { ...acme, 'valetkey.operation': 'refresh' }, count: 1, sum: expect.any(Number) },
    { attributes: { ...acme, 'valetkey.operation': 'acquire' }, count: 1, sum: 0.25 },
  ])
})

test('replays are counted by what became of them', async () => {
  const { vendor, clock, telemetry, signedIn } = await createWorld()
  const credential = await signedIn()
  instrument(credential, telemetry.sdk)
  const api = withCredential(fetch, credential)
  const refused = async (request: () => Promise<Response>) => {
    await credential.getToken()
    await clock.advance(KNOWN_AFTER_MS)
    vendor.revoke()
    return (await request()).status
  }
  const url = `${vendor.origin}/boats`
  expect(await refused(() => api(url))).toBe(200)
  const body = new ReadableStream({ start: (stream) => stream.close() })
  expect(await refused(() => api(url, { method: 'POST', body, duplex: 'half' } as RequestInit))).toBe(401)
  expect(await telemetry.points('valetkey.replays')).toEqual([
    { attributes: { ...acme, 'valetkey.outcome': 'accepted' }, value: 1 },
    { attributes: { ...acme, 'valetkey.outcome': 'skipped' }, value: 1 },
  ])
})

test('the gauge has the seconds to the first end of an access token, and none once it has ended', async () => {
  const { clock, telemetry, program } = await createWorld()
  const [first, second] = [program(), program({ account: 'second' })]
  instrument([first, second], telemetry.sdk)
  const access = { ...acme, 'valetkey.token': 'access' }
  await first.getToken()
  expect(await telemetry.points('valetkey.token.time_to_expiry')).toEqual([{ attributes: access, value: 0 }])
  await second.getToken()
  const [point] = await telemetry.points('valetkey.token.time_to_expiry')
  expect(point).toMatchObject({ attributes: access, value: expect.closeTo(HOUR_S, -2) })
  await clock.advance(HOUR_S * 1_000)
  expect(await telemetry.points('valetkey.token.time_to_expiry')).toEqual([{ attributes: access, value: 0 }])
})

const STATES = ['reauthorization_required', 'signed_out'] as const

/** Of each state: how many accounts. */
async function signInsRequired(telemetry: Awaited<ReturnType<typeof createWorld>>['telemetry']) {
  const points = await telemetry.points('valetkey.accounts.sign_in_required')
  return STATES.map((state) => points.find(({ attributes }) => attributes['valetkey.state'] === state))
}

test('an account whose grant has ended needs a person, until one signs in, in whatever process', async () => {
  const { vendor, clock, telemetry, signedIn } = await createWorld()
  const credential = await signedIn()
  instrument(credential, telemetry.sdk)
  await credential.getToken()
  const count = async () => (await signInsRequired(telemetry)).map((point) => point && 'value' in point && point.value)
  expect(await count()).toEqual([0, 0])
  await clock.advance(HOUR_S * 1_000)
  vendor.refuse({ status: 400, error: 'invalid_grant' })
  await expect(credential.getToken()).rejects.toThrow('sign in again')
  expect(await count()).toEqual([1, 0])
  const refresh = { attributes: { ...acme, 'valetkey.token': 'refresh' }, value: 0 }
  expect(await telemetry.points('valetkey.token.time_to_expiry')).toContainEqual(refresh)
  const elsewhere = await signedIn()
  await elsewhere.importTokens({ refreshToken: `${CANARY}-refresh-new` })
  expect(await count()).toEqual([0, 0])
})

test('all accounts of a credential are counted as one series, each from its first event on', async () => {
  const { vendor, clock, telemetry, signedIn } = await createWorld()
  const credential = await signedIn()
  instrument([credential, credential.for('robin')], telemetry.sdk)
  for (const account of ['robin', 'kim', 'sam']) {
    await credential.for(account).importTokens({ refreshToken: `${CANARY}-refresh-0` })
    await credential.for(account).getToken()
  }
  expect(await telemetry.points('valetkey.refresh.duration')).toMatchObject([{ count: 3 }])
  await clock.advance(HOUR_S * 1_000)
  for (const account of ['kim', 'sam']) {
    vendor.refuse({ status: 400, error: 'invalid_grant' })
    await expect(credential.for(account).getToken()).rejects.toThrow('sign in again')
  }
  expect(await signInsRequired(telemetry)).toMatchObject([{ attributes: acme, value: 2 }, { value: 0 }])
  await credential.for('sam').signOut()
  expect(await signInsRequired(telemetry)).toMatchObject([{ value: 1 }, { value: 0 }])
})

test('an account that has ended does not hide that another one is about to', async () => {
  const { clock, telemetry, signedIn } = await createWorld()
  const [ended, ending] = [await signedIn({ account: 'kim' }), await signedIn({ account: 'sam' })]
  instrument([ended, ending], telemetry.sdk)
  await ending.importTokens({ refreshToken: `${CANARY}-refresh-1`, refreshExpiresAt: clock.now() + 600_000 })
  await (await signedIn({ account: 'kim' })).signOut()
  const refresh = (await telemetry.points('valetkey.token.time_to_expiry')).find(
    ({ attributes }) => attributes['valetkey.token'] === 'refresh',
  )
  expect(refresh).toMatchObject({ value: expect.closeTo(600, -2) })
})

test('the account is in no attribute, but for what the program puts in its place', async () => {
  const { telemetry, signedIn } = await createWorld()
  const credential = await signedIn({ account: 'robin@example.com' })
  instrument(credential, { ...telemetry.sdk, account: (account) => `hash of ${account.length} characters` })
  await credential.getToken()
  const attributes = { ...acme, 'valetkey.account': 'hash of 17 characters' }
  expect(telemetry.spans()).toMatchObject([{ attributes }])
  expect(await telemetry.points('valetkey.refresh.duration')).toMatchObject([{ attributes }])
  expect(await telemetry.points('valetkey.accounts.sign_in_required')).toMatchObject([{ attributes }, { attributes }])
})

test('credentials that are instrumented one by one with one meter are one sum', async () => {
  const { telemetry, signedIn } = await createWorld()
  const [kim, sam] = [await signedIn({ account: 'kim' }), await signedIn({ account: 'sam' })]
  instrument(kim, telemetry.sdk)
  instrument(sam, telemetry.sdk)
  // In other processes: here a person who signs out needs nobody.
  for (const account of ['kim', 'sam']) await (await signedIn({ account })).signOut()
  expect(await signInsRequired(telemetry)).toMatchObject([{ value: 0 }, { value: 2 }])
  await kim.signOut()
  expect(await signInsRequired(telemetry)).toMatchObject([{ value: 0 }, { value: 1 }])
})

test('a store that cannot be read says nothing, and the other accounts are told', async () => {
  const { telemetry, signedIn, store } = await createWorld()
  let isDown = false
  const flaky: TokenStore = {
    ...store,
    get: (key) => (isDown ? Promise.reject(new Error('refused')) : store.get(key)),
  }
  const [broken, whole] = [await signedIn({ account: 'broken', store: flaky }), await signedIn({ account: 'whole' })]
  instrument([broken, whole], { ...telemetry.sdk, account: (account) => account })
  isDown = true
  const points = await telemetry.points('valetkey.accounts.sign_in_required')
  expect(points.map(({ attributes }) => attributes['valetkey.account'])).toEqual(['whole', 'whole'])
})

test('an account that is given beside its credential is read before its first event', async () => {
  const { telemetry, signedIn } = await createWorld()
  const credential = await signedIn()
  instrument([credential, credential.for('robin')], telemetry.sdk)
  expect(await signInsRequired(telemetry)).toMatchObject([{ value: 0 }, { value: 1 }])
})

test('what is instrumented no more needs nobody: no alert stays', async () => {
  const { vendor, telemetry, signedIn } = await createWorld()
  const credential = await signedIn({ account: 'kim' })
  const end = instrument(credential, telemetry.sdk)
  vendor.refuse({ status: 400, error: 'invalid_grant' })
  await expect(credential.getToken()).rejects.toThrow('sign in again')
  expect(await signInsRequired(telemetry)).toMatchObject([{ value: 1 }, { value: 0 }])
  end()
  expect(await signInsRequired(telemetry)).toMatchObject([{ value: 0 }, { value: 0 }])
  instrument(credential, telemetry.sdk)
  expect(await signInsRequired(telemetry)).toMatchObject([{ value: 1 }, { value: 0 }])
})

test('an API key has replays, and no status', async () => {
  const { vendor, telemetry } = await createWorld()
  let key = 'key-1'
  const options = { vendor: 'acme', origins: [vendor.origin], allowInsecureRequests: true } as const
  const credential = createApiKeyCredential({ ...options, apiKey: () => key })
  instrument(credential, telemetry.sdk)
  await credential.authorization()
  key = 'key-2'
  await withCredential(fetch, credential)(`${vendor.origin}/boats`)
  expect(await telemetry.points('valetkey.replays')).toEqual([
    { attributes: { ...acme, 'valetkey.outcome': 'refused' }, value: 1 },
  ])
  expect(await telemetry.points('valetkey.accounts.sign_in_required')).toEqual([])
})

test('without options, the SDK that was started is used', async () => {
  const { telemetry, program } = await createWorld()
  metrics.setGlobalMeterProvider(telemetry.meterProvider)
  onTestFinished(() => metrics.disable())
  const credential = program()
  instrument(credential)
  await credential.getToken()
  expect(await telemetry.points('valetkey.refresh.duration')).toMatchObject([{ count: 1 }])
})
