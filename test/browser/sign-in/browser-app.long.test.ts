import { simulators } from '@valetkey/testing/simulators'
import type { BrowserContext, Page } from 'playwright'
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { STUCK_AFTER_MS } from '../chromium.ts'
import { type Site, startSite } from '../site.ts'

let site: Site
let context: BrowserContext

beforeAll(async () => {
  site = await startSite()
  return site.close
})

beforeEach(async () => {
  context = await site.browser.newContext()
  context.setDefaultTimeout(STUCK_AFTER_MS)
  return () => context.close()
})

test('a page without a secret signs its user in, keeps the tokens over a reload and shares them with other tabs', async () => {
  const vendor = await startVendor()
  const page = await openApp()
  expect(await heading(page)).toBe('Nobody has signed in')
  await signIn(page)
  await page.getByRole('button', { name: 'Allow' }).click()
  expect(await heading(page)).toBe('Your data')
  expect(await page.locator('pre').textContent()).toContain('Harbour mouth')
  expect(page.url()).toBe(`${site.url}app`)
  await page.reload()
  expect(await heading(page)).toBe('Your data')
  expect(await heading(await openApp())).toBe('Your data')
  expect(vendor.tokenCalls()).toBe(1)
  expect(vendor.requests.filter(({ headers }) => headers.authorization?.startsWith('Basic'))).toEqual([])
})

test('a page whose user denies it says so, and the user may try again', async () => {
  const vendor = await startVendor()
  const page = await openApp()
  await signIn(page)
  await page.getByRole('button', { name: 'Deny' }).click()
  expect(await heading(page)).toBe('sign_in_failed')
  expect(await page.locator('pre').textContent()).toBe('access_denied')
  expect(vendor.tokenCalls()).toBe(0)
  await signIn(page)
  await page.getByRole('button', { name: 'Allow' }).click()
  expect(await heading(page)).toBe('Your data')
})

test('two tabs whose token is refused renew it once between them, without a secret', async () => {
  const vendor = await startVendor()
  const page = await openApp()
  await signIn(page)
  await page.getByRole('button', { name: 'Allow' }).click()
  expect(await heading(page)).toBe('Your data')
  vendor.revokeAll()
  const tabs = await Promise.all([openApp(), openApp()])
  expect(await Promise.all(tabs.map(heading))).toEqual(['Your data', 'Your data'])
  expect(vendor.tokenCalls('refresh_token')).toBe(1)
})

/** Where the page is registered as an application without a secret. */
async function startVendor() {
  const { origin } = new URL(site.url)
  const redirectUris = [`${origin}/app`]
  const vendor = await simulators.bluesonde({ clientId: 'page', redirectUris, allowedOrigins: [origin] })
  onTestFinished(() => vendor.close())
  const { baseUrl, tokenUrl, authorizationUrl } = vendor
  await context.addInitScript(
    (urls) => {
      window.vendor = urls
    },
    { baseUrl, tokenUrl, authorizationUrl },
  )
  return vendor
}

async function openApp(): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${site.url}app`)
  return page
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function heading(page: Page): Promise<string | null> {
  await page.waitForURL(`${site.url}app`)
  return await page.getByRole('heading').textContent()
}
