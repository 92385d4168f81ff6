import { createApiKeyCredential, createTokenCredential } from '@valetkey/core'
import { type KeepWarmOptions, keepWarm, warmOnce } from '@valetkey/core/keep-warm'
import { authorizationCode, clientCredentials, defineVendor, type Lifetimes, password } from '@valetkey/oauth2'
import { describe, expect, onTestFinished, test } from 'vitest'
import { names, signIn, signInAll } from './keep-warm/connect.ts'
import { DAY_MS, HOUR_MS, isAlive, startWarmWorld, type WarmProcess } from './keep-warm/warm-world.ts'

const ORIGIN = 'https://api.acme.example'
const IDLE_MS = 30 * DAY_MS
const THIRTY_DAYS = { idle: 30 * 24 * 3600 }
const A_PASS_A_DAY = { everyMs: DAY_MS }

function keep({ credential }: WarmProcess, options: KeepWarmOptions = A_PASS_A_DAY) {
  const warm = keepWarm(credential, options)
  onTestFinished(() => warm.close())
  return warm
}

/** Whole days since the start of the clock. */
const START = Date.UTC(2026, 0, 1)
const daysOf = (calls: readonly { readonly at: number }[]) => calls.map(({ at }) => (at - START) / DAY_MS)

describe('an account that nobody uses', () => {
  test('ends without keepWarm, and lives with it for as long as it runs', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const [kept, other] = [start({ lifetimes: THIRTY_DAYS }), start({ clientId: 'another-app' })]
    await signInAll(kept.credential, ['skipper'])
    await signInAll(other.credential, ['mate'])
    keep(kept)
    await pass(100 * DAY_MS)
    expect(await isAlive(kept.credential.for('skipper'))).toBe(true)
    expect(await isAlive(other.credential.for('mate'))).toBe(false)
    // Between a fifth and two fifths of the lifetime before its end.
    const days = daysOf(vendor.refreshes('skipper').slice(0, -1))
    expect(days.length).toBeLessThanOrEqual(5)
    for (const [index, day] of days.entries()) {
      expect(day - (days[index - 1] ?? 0)).toSatisfy((gap: number) => gap >= 18 && gap <= 24.1)
    }
  })

  test('costs a token call a lifetime, however many processes keep it', async () => {
    const { clock, vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const processes = Array.from({ length: 8 }, (_, index) =>
      start({ lifetimes: THIRTY_DAYS, clock: { ...clock, random: () => index / 8 } }),
    )
    const [first] = processes
    if (!first) throw new Error('no process')
    const accounts = names(20)
    await signInAll(first.credential, accounts)
    const before = { ...first.storeCalls }
    for (const process of processes) keep(process)
    await pass(25 * DAY_MS)
    expect(
      vendor
        .refreshes()
        .map(({ account }) => account)
        .toSorted(),
    ).toEqual(accounts.toSorted())
    // A lease and the tokens: two writes for each.
    const writes = processes.reduce((sum, { storeCalls }) => sum + storeCalls.compareAndSet, -before.compareAndSet)
    expect(writes).toBe(2 * accounts.length)
    // A read for each account and pass, one more at its time, and up to four where processes meet.
    const reads = processes.reduce((sum, { storeCalls }) => sum + storeCalls.get, -before.get)
    expect(reads).toBeLessThanOrEqual(8 * 20 * (26 + 1) + 4 * 20)
  })

  test('is refreshed at a time of its own, the same in each process', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, names(20))
    keep(process)
    await pass(25 * DAY_MS)
    const days = daysOf(vendor.refreshes())
    expect(days).toHaveLength(20)
    // Of six days, which begin 18 days after the sign-in.
    const thirds = days.map((day) => Math.floor((day - 18) / 2))
    expect(new Set(thirds)).toEqual(new Set([0, 1, 2]))
    expect(vendor.peak()).toBe(1)
  })

  test('is one of at most four that are refreshed at once', async () => {
    const { clock, vendor, start, settle } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, names(20))
    await clock.advance(25 * DAY_MS)
    const release = vendor.hold()
    const warm = keepWarm(process.credential, A_PASS_A_DAY)
    while (vendor.peak() < 4) await new Promise<void>((resolve) => setImmediate(resolve))
    release()
    await settle()
    await warm.close()
    expect(vendor.refreshes()).toHaveLength(20)
    expect(vendor.peak()).toBe(4)
  })
})

describe('the accounts', () => {
  test('are those that the store knows: also such as sign in later, here or in another process', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const [here, elsewhere] = [start({ lifetimes: THIRTY_DAYS }), start({ lifetimes: THIRTY_DAYS })]
    await signInAll(here.credential, ['first'])
    keep(here)
    await pass(2 * DAY_MS)
    await signInAll(here.credential, ['second'])
    await signInAll(elsewhere.credential, ['third'])
    await pass(28 * DAY_MS)
    expect(
      vendor
        .refreshes()
        .map(({ account }) => account)
        .toSorted(),
    ).toEqual(['first', 'second', 'third'])
  })

  test('that sign in here are kept at once, however rare the passes', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const here = start({ lifetimes: THIRTY_DAYS })
    keep(here, { everyMs: 365 * DAY_MS })
    await pass(DAY_MS)
    await signInAll(here.credential, ['skipper'])
    await pass(40 * DAY_MS)
    expect(await isAlive(here.credential.for('skipper'))).toBe(true)
    expect(vendor.refreshes('skipper')).toHaveLength(2)
  })

  test('of other clients and vendors in the same store are left alone', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const [here, other] = [start({ lifetimes: THIRTY_DAYS }), start({ clientId: 'another', lifetimes: THIRTY_DAYS })]
    await signInAll(other.credential, ['mate'])
    keep(here)
    await pass(28 * DAY_MS)
    expect(vendor.refreshes()).toEqual([])
  })

  test('are those that are given, where they are given', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS }, (inner) => {
      const { list: _, ...store } = inner
      return store
    })
    const here = start({ lifetimes: THIRTY_DAYS })
    await signInAll(here.credential, names(3))
    expect(() => keepWarm(here.credential)).toThrow(
      expect.objectContaining({ code: 'invalid_option', option: 'accounts' }),
    )
    const accounts = ['skipper-1']
    keep(here, { ...A_PASS_A_DAY, accounts: () => accounts })
    await pass(2 * DAY_MS)
    accounts.push('skipper-3')
    await pass(26 * DAY_MS)
    expect(
      vendor
        .refreshes()
        .map(({ account }) => account)
        .toSorted(),
    ).toEqual(['skipper-1', 'skipper-3'])
  })

  test('that are signed out before they are due cost no token call', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const [here, elsewhere] = [start({ lifetimes: THIRTY_DAYS }), start({ lifetimes: THIRTY_DAYS })]
    await signInAll(here.credential, names(2))
    keep(here)
    await pass(17 * DAY_MS)
    await elsewhere.credential.for('skipper-2').signOut()
    await pass(10 * DAY_MS)
    expect(vendor.refreshes().map(({ account }) => account)).toEqual(['skipper-1'])
    expect(await here.credential.for('skipper-2').status()).toMatchObject({ state: 'signed_out' })
  })

  test('that a person signs out while the refresh is under way stay signed out', async () => {
    const { clock, vendor, start, settle } = await startWarmWorld({ idleMs: IDLE_MS })
    const [here, elsewhere] = [start({ lifetimes: THIRTY_DAYS }), start({ lifetimes: THIRTY_DAYS })]
    await signInAll(here.credential, ['skipper'])
    await clock.advance(25 * DAY_MS)
    const release = vendor.hold()
    const peak = vendor.peak()
    const pass = warmOnce(here.credential)
    while (vendor.peak() <= peak && vendor.refreshes().length === 0 && here.storeCalls.compareAndSet < 2)
      await new Promise<void>((resolve) => setImmediate(resolve))
    await elsewhere.credential.for('skipper').signOut()
    release()
    await settle()
    expect(await pass).toMatchObject([{ account: 'skipper', outcome: 'signed_out' }])
    expect(await elsewhere.credential.for('skipper').status()).toMatchObject({ state: 'signed_out' })
  })
})

describe('an end that the vendor states', () => {
  test('and puts off with each refresh is never reached', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: 2 * HOUR_MS, isOutspoken: true })
    const process = start()
    await signInAll(process.credential, names(3))
    keep(process, {})
    await pass(DAY_MS)
    for (const account of names(3)) expect(await isAlive(process.credential.for(account))).toBe(true)
    expect(vendor.refreshes().every(({ status }) => status === 200)).toBe(true)
    expect(vendor.refreshes().length).toBeLessThanOrEqual(3 * 20)
    expect(process.due()).toEqual([])
  })

  test('and does not put off is announced ahead, once for each token set, and costs few token calls', async () => {
    const rules = { absoluteMs: 30 * DAY_MS, isOutspoken: true }
    const { vendor, start, pass } = await startWarmWorld(rules)
    const processes = [start(), start()]
    const [first] = processes
    if (!first) throw new Error('no process')
    await signInAll(first.credential, ['skipper'])
    for (const process of processes) keep(process)
    await pass(28 * DAY_MS)
    expect(vendor.refreshes()).toHaveLength(1)
    const end = START + 30 * DAY_MS
    for (const { due } of processes) {
      expect(due()).toHaveLength(1)
      const [told] = due()
      expect(told?.account).toBe('skipper')
      expect(Math.abs((told?.refreshExpiresAt ?? 0) - end)).toBeLessThan(2_000)
      expect(told?.at).toBeLessThan(end - DAY_MS)
    }
    await pass(3 * DAY_MS)
    expect(vendor.refreshes()).toHaveLength(1)
    expect(await isAlive(first.credential.for('skipper'))).toBe(false)
  })

  test('begins anew when the person signs in again', async () => {
    const { vendor, start, pass } = await startWarmWorld({ absoluteMs: 30 * DAY_MS, isOutspoken: true })
    const process = start()
    await signInAll(process.credential, ['skipper'])
    keep(process)
    await pass(28 * DAY_MS)
    await signInAll(process.credential, ['skipper'])
    const before = vendor.refreshes().length
    await pass(20 * DAY_MS)
    expect(vendor.refreshes().length - before).toBeLessThanOrEqual(1)
    expect(await isAlive(process.credential.for('skipper'))).toBe(true)
    await pass(8 * DAY_MS)
    expect(process.due().length).toBeGreaterThanOrEqual(2)
  })
})

describe('what cannot be kept', () => {
  test('a sign-in without a refresh token is announced before the access token ends', async () => {
    const { vendor, start, pass } = await startWarmWorld({ expiresIn: 10 * 24 * 3600, givesRefreshTokens: false })
    const process = start()
    await signInAll(process.credential, ['skipper'])
    keep(process)
    await pass(7 * DAY_MS)
    expect(process.due()).toEqual([])
    await pass(2 * DAY_MS)
    expect(process.due()).toMatchObject([{ account: 'skipper', refreshExpiresAt: START + 10 * DAY_MS }])
    expect(vendor.refreshes()).toEqual([])
  })

  test('a grant that was revoked is told of once, and asked for no more', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: 10 * DAY_MS })
    // The vendor ends it sooner than it says.
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, ['skipper'])
    keep(process)
    await pass(60 * DAY_MS)
    expect(vendor.refreshes()).toMatchObject([{ status: 400 }])
    const told = process.events.filter(([name]) => name === 'reauthorization_required')
    expect(told).toMatchObject([['reauthorization_required', { account: 'skipper', reason: 'invalid_grant' }]])
  })
})

describe('a vendor that is down', () => {
  test('is asked by one account at a time, and all are kept when it is back', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: 10 * DAY_MS })
    const process = start({ lifetimes: { idle: 10 * 24 * 3600 } })
    await signInAll(process.credential, names(20))
    keep(process)
    await pass(5.9 * DAY_MS)
    vendor.fail(true)
    // By then most are due.
    await pass(1.5 * DAY_MS)
    // Once an hour, and a few times more until it is known that it is down.
    expect(vendor.refreshes().length).toBeLessThan(1.5 * 24 + 20)
    vendor.fail(false)
    await pass(2 * DAY_MS)
    const answered = vendor.refreshes().filter(({ status }) => status === 200)
    expect(answered.map(({ account }) => account).toSorted()).toEqual(names(20).toSorted())
    expect(process.due()).toEqual([])
  })

  test('to the end: each account is announced once, before it ends', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: 10 * HOUR_MS })
    const process = start({ lifetimes: { idle: 10 * 3600 } })
    await signInAll(process.credential, names(5))
    keep(process, { everyMs: HOUR_MS })
    vendor.fail(true)
    await pass(10 * HOUR_MS)
    const due = process.due()
    expect(due.map(({ account }) => account).toSorted()).toEqual(names(5))
    for (const { at, refreshExpiresAt } of due) {
      expect(refreshExpiresAt).toBe(START + 10 * HOUR_MS)
      expect(at).toBeLessThan(refreshExpiresAt)
    }
  })

  test('is asked again within the hour', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, ['skipper'])
    keep(process)
    vendor.fail(true)
    await pass(25 * DAY_MS)
    vendor.fail(false)
    await pass(HOUR_MS)
    expect(vendor.refreshes().at(-1)).toMatchObject({ account: 'skipper', status: 200 })
  })
})

describe('a record or a store that cannot be used', () => {
  test('a record that cannot be read disturbs no other account', async () => {
    const { clock, vendor, store, start, settle } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, names(3))
    for await (const key of store.list?.() ?? []) {
      const { version } = await store.get(key)
      if (key.includes('skipper-2')) await store.compareAndSet(key, version, JSON.stringify({ v: 2, key }))
    }
    await clock.advance(25 * DAY_MS)
    const looked = await warmOnce(process.credential)
    await settle()
    expect(looked.toSorted((a, b) => a.account.localeCompare(b.account))).toMatchObject([
      { vendor: 'acme', account: 'skipper-1', outcome: 'refreshed' },
      { account: 'skipper-2', outcome: 'failed', error: { code: 'record_unreadable' } },
      { account: 'skipper-3', outcome: 'refreshed' },
    ])
    expect(vendor.refreshes()).toHaveLength(2)
  })

  test('a record that cannot be read is told of, once until it can be read', async () => {
    const { store, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, names(2))
    const told = () => process.events.filter(([name]) => name === 'store_degraded').map(([, event]) => event)
    const keys = await Array.fromAsync(store.list?.() ?? [])
    const key = keys.find((each) => each.includes('skipper-2')) ?? ''
    const { value: good = '' } = await store.get(key)
    const write = async (text: string) => store.compareAndSet(key, (await store.get(key)).version, text)
    await write(JSON.stringify({ v: 2, key }))
    keep(process)
    await pass(3 * DAY_MS)
    expect(told()).toMatchObject([{ account: 'skipper-2', reason: expect.stringContaining('newer version') }])
    await write(good)
    await pass(2 * DAY_MS)
    await write(JSON.stringify({ v: 2, key }))
    await pass(2 * DAY_MS)
    expect(told()).toHaveLength(2)
  })

  test('a store that is down is told of once a pass, and its accounts are kept when it is back', async () => {
    let isDown = false
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS }, (inner) => ({
      ...inner,
      get: async (key) => (isDown ? Promise.reject(new Error('down')) : inner.get(key)),
    }))
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, names(5))
    keep(process)
    await pass(2.5 * DAY_MS)
    isDown = true
    await pass(3 * DAY_MS)
    const told = process.events.filter(([name]) => name === 'store_degraded')
    expect(told).toHaveLength(3)
    isDown = false
    await pass(22 * DAY_MS)
    expect(
      vendor
        .refreshes()
        .map(({ account }) => account)
        .toSorted(),
    ).toEqual(names(5))
  })

  test('a store that cannot list its accounts now is asked again', async () => {
    let isDown = true
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS }, (inner) => ({
      ...inner,
      async *list() {
        if (isDown) throw new Error('down')
        yield* inner.list?.() ?? []
      },
    }))
    const [process, elsewhere] = [start({ lifetimes: THIRTY_DAYS }), start()]
    await signInAll(elsewhere.credential, ['skipper'])
    await expect(warmOnce(process.credential)).rejects.toMatchObject({ code: 'store_unavailable', vendor: 'acme' })
    keep(process)
    await pass(2 * DAY_MS)
    expect(process.events.map(([name]) => name)).toContain('store_degraded')
    isDown = false
    await pass(25 * DAY_MS)
    expect(vendor.refreshes('skipper')).toHaveLength(1)
  })
})

describe('close()', () => {
  test('waits for a refresh that is under way, and begins none', async () => {
    const { clock, vendor, start, settle } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, names(10))
    await clock.advance(25 * DAY_MS)
    const release = vendor.hold()
    const warm = keepWarm(process.credential, A_PASS_A_DAY)
    while (vendor.peak() < 4) await new Promise<void>((resolve) => setImmediate(resolve))
    let isClosed = false
    const closed = warm.close().then(() => {
      isClosed = true
    })
    await new Promise<void>((resolve) => setImmediate(resolve))
    expect(isClosed).toBe(false)
    release()
    await closed
    await settle()
    expect(vendor.refreshes()).toHaveLength(4)
    await warm.close()
  })

  test('does not wait for longer than it may', async () => {
    const { clock, vendor, start } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, ['skipper'])
    await clock.advance(25 * DAY_MS)
    const peak = process.storeCalls.compareAndSet
    const release = vendor.hold()
    const warm = keepWarm(process.credential, A_PASS_A_DAY)
    while (process.storeCalls.compareAndSet === peak) await new Promise<void>((resolve) => setImmediate(resolve))
    const before = clock.monotonic()
    await clock.runUntil(warm.close({ timeoutMs: 1_000 }), 1_000)
    expect(clock.monotonic() - before).toBe(1_000)
    expect(vendor.refreshes()).toEqual([])
    release()
  })

  test('is what the abort of the signal does, and what `await using` ends with', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, ['skipper'])
    const controller = new AbortController()
    keep(process, { ...A_PASS_A_DAY, signal: controller.signal })
    {
      await using _ = keepWarm(process.credential, A_PASS_A_DAY)
    }
    await pass(DAY_MS)
    controller.abort()
    keep(process, { ...A_PASS_A_DAY, signal: controller.signal })
    await pass(40 * DAY_MS)
    expect(vendor.refreshes()).toEqual([])
  })
})

describe('what is known of the end', () => {
  const refreshDays = async (options: { lifetimes?: Lifetimes; idleMs?: number; beforeMs?: number }, days: number) => {
    const { vendor, start, pass } = await startWarmWorld()
    const { lifetimes, ...warm } = options
    const process = start(lifetimes && { lifetimes })
    await signInAll(process.credential, ['skipper'])
    keep(process, { everyMs: 10 * DAY_MS, ...warm })
    await pass(days * DAY_MS)
    return daysOf(vendor.refreshes()).map((day) => Math.floor(day))
  }

  test('nothing: a refresh token is used twice in twelve days', async () => {
    expect(await refreshDays({}, 12)).toHaveLength(2)
  })

  test('the vendor says that there is none: nothing is asked for', async () => {
    expect(await refreshDays({ lifetimes: { refreshToken: 'endless' } }, 100)).toEqual([])
    expect(await refreshDays({ idleMs: Number.POSITIVE_INFINITY }, 100)).toEqual([])
  })

  test('a lifetime of each refresh token is one without use, unless refreshes give no other', async () => {
    expect(await refreshDays({ lifetimes: { refreshToken: 30 * 24 * 3600, rotates: true } }, 28)).toHaveLength(1)
    expect(await refreshDays({ lifetimes: { refreshToken: 30 * 24 * 3600, rotates: false } }, 100)).toEqual([])
  })

  test('the option idleMs counts more than the vendor, and beforeMs more than a fifth', async () => {
    expect(await refreshDays({ lifetimes: THIRTY_DAYS, idleMs: 300 * DAY_MS }, 100)).toEqual([])
    const [day] = await refreshDays({ lifetimes: THIRTY_DAYS, beforeMs: DAY_MS }, 30)
    expect(day).toSatisfy((at: number) => at >= 28 && at <= 29)
    // A third at most.
    const [early] = await refreshDays({ lifetimes: THIRTY_DAYS, beforeMs: 300 * DAY_MS }, 15)
    expect(early ?? 15).toBeGreaterThanOrEqual(10)
  })

  test('a vendor of data says it for all its credentials', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: IDLE_MS })
    const { credential: other } = start()
    const acme = defineVendor({
      name: 'acme',
      origins: ['https://api.acme.example'],
      authorizationUrl: 'https://login.acme.example/authorize',
      tokenUrl: vendor.tokenUrl,
      lifetimes: THIRTY_DAYS,
    })
    const { store, clock, fetch } = start().options
    const credential = acme(authorizationCode)({
      clientId: 'boats',
      clientSecret: 'invented-secret',
      redirectUri: 'https://boats.example/callback',
      allowInsecureRequests: true,
      store,
      clock,
      fetch,
    })
    await signInAll(credential, ['skipper'])
    const warm = keepWarm([credential, other], A_PASS_A_DAY)
    onTestFinished(() => warm.close())
    await pass(25 * DAY_MS)
    expect(vendor.refreshes('skipper')).toHaveLength(1)
  })
})

describe('warmOnce', () => {
  test('says of each account what came of it, and when it is due', async () => {
    const { clock, vendor, start } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, ['skipper'])
    const account = { vendor: 'acme', account: 'skipper' }
    const [young] = await warmOnce(process.credential)
    expect(young).toMatchObject({ ...account, outcome: 'not_due', endsAt: START + 30 * DAY_MS })
    expect(young?.dueAt).toSatisfy((at: number) => at >= START + 18 * DAY_MS && at <= START + 24 * DAY_MS)
    await clock.advance(24 * DAY_MS)
    expect(await warmOnce(process.credential)).toMatchObject([
      { ...account, outcome: 'refreshed', endsAt: START + 54 * DAY_MS },
    ])
    vendor.fail(true)
    await clock.advance(24 * DAY_MS)
    const failing = clock.runUntil(warmOnce(process.credential), 2_000)
    expect(await failing).toMatchObject([{ ...account, outcome: 'failed', error: { code: 'token_unavailable' } }])
    vendor.fail(false)
    await clock.advance(10 * DAY_MS)
    expect(await warmOnce(process.credential)).toMatchObject([{ ...account, outcome: 'reauthorization_required' }])
    await process.credential.for('skipper').signOut()
    expect(await warmOnce(process.credential)).toMatchObject([{ ...account, outcome: 'signed_out' }])
  })

  test('with force uses what is not due, but for what was refreshed within the last minute', async () => {
    const { clock, vendor, start } = await startWarmWorld({ idleMs: IDLE_MS })
    const process = start({ lifetimes: THIRTY_DAYS })
    await signInAll(process.credential, ['skipper'])
    const force = async () => (await warmOnce(process.credential, { force: true })).map(({ outcome }) => outcome)
    expect([await force(), await force(), await force()].flat()).toEqual(['refreshed', 'not_due', 'not_due'])
    await clock.advance(60_000)
    expect(await force()).toEqual(['refreshed'])
    expect(vendor.refreshes()).toHaveLength(2)
  })

  test('rejects with the reason of its signal', async () => {
    const { start } = await startWarmWorld()
    const process = start()
    await signIn(process.credential)
    const signal = AbortSignal.abort(new Error('no time'))
    await expect(warmOnce(process.credential, { signal })).rejects.toThrow('no time')
    await expect(warmOnce(start().credential, { signal, accounts: [] })).rejects.toThrow('no time')
  })
})

describe('what it takes', () => {
  test('a grant that gets tokens without a person is left alone', async () => {
    const { vendor, start, pass } = await startWarmWorld()
    const { store, clock, fetch } = start().options
    const robot = clientCredentials({
      vendor: 'acme',
      origins: ['https://api.acme.example'],
      clientId: 'robot',
      clientSecret: 'invented-secret',
      tokenUrl: vendor.tokenUrl,
      allowInsecureRequests: true,
      lifetimes: THIRTY_DAYS,
      store,
      clock,
      fetch,
    })
    const warm = keepWarm(robot, A_PASS_A_DAY)
    await pass(100 * DAY_MS)
    await warm.close()
    expect(vendor.calls).toEqual([])
    expect(await warmOnce(robot)).toEqual([{ vendor: 'acme', account: 'default', outcome: 'not_needed' }])
  })

  test('a password: its refresh token is kept, and nobody is asked for a person', async () => {
    const { vendor, start, pass } = await startWarmWorld({ idleMs: 10 * HOUR_MS })
    const { store, clock, fetch } = start().options
    const credential = password({
      vendor: 'acme',
      origins: [ORIGIN],
      clientId: 'boat-app',
      clientSecret: 'invented-secret',
      username: 'skipper',
      password: 'invented-password',
      tokenUrl: vendor.tokenUrl,
      allowInsecureRequests: true,
      lifetimes: { idle: 36_000 },
      store,
      clock,
      fetch,
    })
    expect(await warmOnce(credential)).toEqual([{ vendor: 'acme', account: 'default', outcome: 'not_needed' }])
    await credential.getToken()
    const due: unknown[] = []
    credential.on('reauthorization_due', (event) => void due.push(event))
    const warm = keepWarm(credential)
    await pass(8.5 * HOUR_MS)
    expect(vendor.calls).toMatchObject([{ grantType: 'password' }, { grantType: 'refresh_token', status: 200 }])
    vendor.fail(true)
    await pass(9 * HOUR_MS)
    await warm.close()
    expect(due).toEqual([])
  })

  test('a credential of a grant of one’s own, with its lifetimes', async () => {
    const { clock, start, pass } = await startWarmWorld()
    const used: string[] = []
    const credential = createTokenCredential(
      {
        vendor: 'kestrel',
        origins: ['https://api.kestrel.example'],
        identity: [],
        grant: {
          lifetimes: { idle: 24 * 3600 },
          async refresh(refreshToken) {
            used.push(refreshToken)
            return { accessToken: `access-${used.length}`, refreshToken: `refresh-${used.length}`, expiresIn: 3600 }
          },
        },
      },
      { clock, store: start().options.store },
    )
    await credential.importTokens({ refreshToken: 'refresh-0' })
    const warm = keepWarm(credential)
    await pass(DAY_MS)
    await warm.close()
    expect(used).toEqual(['refresh-0'])
  })

  test.each<[string, unknown, object, string]>([
    ['no credential', undefined, {}, 'credentials'],
    ['an API key', createApiKeyCredential({ vendor: 'acme', origins: [ORIGIN], apiKey: 'key-1' }), {}, 'credentials'],
    ['an unknown option', [], { every: 1 }, 'every'],
    ['passes without a pause', [], { everyMs: 0 }, 'everyMs'],
    ['a negative time', [], { beforeMs: -1 }, 'beforeMs'],
    ['an idle time that is none', [], { idleMs: '30 days' }, 'idleMs'],
    ['an account without a name', [], { accounts: [''] }, 'accounts'],
    ['a clock that is none', [], { clock: {} }, 'clock'],
  ])('refuses %s', (_, credentials, options, option) => {
    expect(() => Reflect.apply(keepWarm, undefined, [credentials, options])).toThrow(
      expect.objectContaining({ code: 'invalid_option', option }),
    )
  })

  test.each<[object, string, RegExp]>([
    [{ idle: -1 }, 'lifetimes.idle', /number of seconds/],
    [{ refreshToken: 'never' }, 'lifetimes.refreshToken', /number of seconds/],
    [{ rotates: 'yes' }, 'lifetimes.rotates', /true or false/],
    [{ ilde: 1 }, 'lifetimes.ilde', /the options are/],
  ])('refuses lifetimes that are none: %j', async (lifetimes, option, message) => {
    const { start } = await startWarmWorld()
    const { credential } = Reflect.apply(start, undefined, [{ lifetimes }])
    expect(() => keepWarm(credential)).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        option,
        vendor: 'acme',
        message: expect.stringMatching(message),
      }),
    )
  })

  test.each([5, {}, 'signal', new AbortController()])('refuses a signal that is none: %s', async (signal) => {
    const { start } = await startWarmWorld()
    const { credential } = start()
    const problem = expect.objectContaining({ code: 'invalid_option', option: 'signal' })
    expect(() => Reflect.apply(keepWarm, undefined, [credential, { signal }])).toThrow(problem)
    await expect(Reflect.apply(warmOnce, undefined, [credential, { signal }])).rejects.toEqual(problem)
  })

  test('refuses the credential of a resource', async () => {
    const { start } = await startWarmWorld()
    expect(() => Reflect.apply(keepWarm, undefined, [start().credential.resource(ORIGIN)])).toThrow(
      expect.objectContaining({ code: 'invalid_option', option: 'credentials' }),
    )
  })
})
