import type { BrowserContext, Page } from 'playwright'
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { STUCK_AFTER_MS } from './chromium.ts'
import { type RotatingVendor, startRotatingVendor } from './rotating-vendor.ts'
import { type Site, startSite } from './site.ts'

let site: Site
let context: BrowserContext

beforeAll(async () => {
  site = await startSite()
  return site.close
})

/** Each test has the site's storage to itself. */
beforeEach(async () => {
  context = await site.browser.newContext()
  context.setDefaultTimeout(STUCK_AFTER_MS)
  return () => context.close()
})

test('four tabs and a worker that count by compare-and-set lose no count', async () => {
  const tabs = await openTabs(4)
  const [first] = tabs
  const wins = await Promise.all([
    first.evaluate(() => window.tab.countInWorker(50)),
    ...tabs.map((each) => each.evaluate(() => window.tab.count(50))),
  ])
  const { value } = await first.evaluate(() => window.tab.indexedDbStore().get('count'))
  expect(value).toBe(String(wins.reduce((total, won) => total + won)))
})

test('four tabs cause one token call per expiry, and use no refresh token twice', async () => {
  const vendor = await startVendor()
  await context.clock.install()
  const tabs = await openTabs(4)
  for (const serial of [1, 2, 3, 4, 5]) {
    const tokens = await Promise.all(tabs.map((tab) => accessToken(tab, vendor)))
    expect(tokens).toEqual(tabs.map(() => `access-${serial}`))
    await context.clock.fastForward('01:00:00')
  }
  expect(vendor.calls).toEqual(['password', 'refresh_token', 'refresh_token', 'refresh_token', 'refresh_token'])
  expect(vendor.reuses()).toBe(0)
})

test('a tab that is closed in the middle of a refresh leaves it to another one', async () => {
  const vendor = await startVendor()
  await context.clock.install()
  const [first, second] = await openTabs(2)
  await accessToken(first, vendor)
  await context.clock.fastForward('01:00:00')

  const asked = vendor.ignoreNext()
  const abandoned = accessToken(first, vendor).catch(() => 'closed')
  await asked
  await first.close()
  const takenOver = accessToken(second, vendor)
  expect(await passTime(takenOver)).toBe('access-2')
  expect(await abandoned).toBe('closed')
  expect(vendor.calls).toEqual(['password', 'refresh_token'])
  expect(vendor.reuses()).toBe(0)
})

test('a quota that is used up is store_unavailable, and what is stored stays', async () => {
  const [tab] = await openTabs(1)
  const devtools = await context.newCDPSession(tab)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(tab.url()).origin, quotaSize: 100_000 })
  const outcome = await tab.evaluate(async () => {
    const store = window.tab.indexedDbStore()
    const first = await store.compareAndSet('a', undefined, 'one')
    const error: unknown = await store
      .compareAndSet('a', first.ok ? first.version : undefined, 'canary'.repeat(100_000))
      .catch((reason: unknown) => reason)
    const { code, message, isRetryable } = Object(error)
    return { code, message, isRetryable, stored: (await store.get('a')).value }
  })
  expect(outcome).toEqual({
    code: 'store_unavailable',
    message:
      '[@valetkey/store-indexeddb] this site may not store more: its quota is used up, or the disk is full (QuotaExceededError)',
    isRetryable: true,
    stored: 'one',
  })
})

async function openTabs(count: 1): Promise<[Page]>
async function openTabs(count: number): Promise<[Page, Page, ...Page[]]>
async function openTabs(count: number): Promise<Page[]> {
  return await Promise.all(Array.from({ length: count }, () => site.openTab(context)))
}

async function startVendor(): Promise<RotatingVendor> {
  const vendor = await startRotatingVendor()
  onTestFinished(() => vendor.close())
  return vendor
}

async function accessToken(tab: Page, { tokenUrl }: RotatingVendor): Promise<string> {
  return await tab.evaluate((url) => window.tab.accessToken(url), tokenUrl)
}

/** Lets the tabs' clocks run ahead until `work` has settled. */
async function passTime<Result>(work: Promise<Result>): Promise<Result> {
  let isPending = true
  const settled = work.finally(() => {
    isPending = false
  })
  while (isPending) await context.clock.fastForward(1_000)
  return await settled
}
