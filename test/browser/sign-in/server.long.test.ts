import { type Browser, chromium, type Page } from 'playwright'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { launchOptions, STUCK_AFTER_MS } from '../chromium.ts'
import { startProgram } from './program.ts'
import { type Vendor, vendors } from './vendors.ts'

let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch(launchOptions)
  return () => browser.close()
})

describe.each([
  ['Airthings', vendors.Airthings, /"accounts":\[\{"id"/],
  ['Bluesonde', vendors.Bluesonde, /"name":"Harbour mouth"/],
  ['oidc-provider', vendors['oidc-provider'], /"sub":"robin@example\.com"/],
])('A person who signs in at %s', (_, startVendor, data) => {
  test('allows it, comes back and sees their data', async () => {
    const { page, allow, exchanges } = await openProgram(startVendor)
    expect(await heading(page)).toBe('Nobody has signed in')
    await signIn(page)
    await allow(page)
    expect(await heading(page)).toBe('Your data')
    expect(await page.locator('pre').textContent()).toMatch(data)
    expect(exchanges()).toBe(1)
  })

  test('denies it, is told so, and may try again', async () => {
    const { page, allow, deny, exchanges } = await openProgram(startVendor)
    await signIn(page)
    await deny(page)
    expect(await shown(page)).toEqual(['sign_in_failed', 'access_denied'])
    expect(exchanges()).toBe(0)
    await signIn(page)
    await allow(page)
    expect(await heading(page)).toBe('Your data')
  })

  test('reloads the page that they came back to: the code is not sent twice, and the data stays', async () => {
    const { page, url, allow, exchanges } = await openProgram(startVendor)
    await signIn(page)
    await allow(page)
    await page.reload()
    expect(await shown(page)).toEqual(['sign_in_failed', 'already_used'])
    await page.goto(url)
    expect(await heading(page)).toBe('Your data')
    expect(exchanges()).toBe(1)
  })
})

describe.each([
  ['Airthings', vendors.Airthings],
  ['Bluesonde', vendors.Bluesonde],
])('At %s', (_, startVendor) => {
  test('whoever goes back and allows it a second time is told that it is done, and keeps their data', async () => {
    const { page, url, allow, exchanges } = await openProgram(startVendor)
    await signIn(page)
    await allow(page)
    await page.goBack()
    await allow(page)
    expect(await shown(page)).toEqual(['sign_in_failed', 'already_used'])
    await page.goto(url)
    expect(await heading(page)).toBe('Your data')
    expect(exchanges()).toBe(1)
  })

  test('whoever comes back while the token endpoint is down reloads the page, and sees their data', async () => {
    const { page, allow, simulator, exchanges } = await openProgram(startVendor)
    simulator.failNext({ on: 'token', status: 503 })
    await signIn(page)
    await allow(page)
    expect(await heading(page)).toBe('token_unavailable')
    await page.reload()
    expect(await heading(page)).toBe('Your data')
    expect(exchanges()).toBe(2)
  })
})

test('At Bluesonde, whose role lacks a scope is told so', async () => {
  const { page, allow } = await openProgram(vendors.Bluesonde)
  await signIn(page)
  await allow(page, 'kim@example.com')
  expect(await shown(page)).toEqual(['sign_in_failed', 'access_denied'])
})

test('Two people with one program see their own data', async () => {
  const { page, url, allow } = await openProgram(vendors.Airthings)
  const others = await openPage(url)
  await signIn(page)
  await signIn(others)
  await allow(page, 'robin@example.com')
  await allow(others, 'kim@example.com')
  const [robins, kims] = await Promise.all([page, others].map((each) => each.locator('pre').textContent()))
  expect(robins).toMatch(/"id"/)
  expect(kims).toMatch(/"id"/)
  expect(robins).not.toBe(kims)
})

test('A callback in a browser that did not begin to sign in does nothing', async () => {
  const { page, url, allow, exchanges } = await openProgram(vendors.Airthings)
  const stranger = await openPage(url)
  await signIn(page)
  await allow(page)
  await stranger.goto(page.url())
  expect(await heading(stranger)).toBe('Nobody began to sign in here')
  await stranger.goto(url)
  await signIn(stranger)
  await stranger.goto(page.url())
  expect(await shown(stranger)).toEqual(['sign_in_failed', 'state_mismatch'])
  expect(exchanges()).toBe(1)
})

/** The program's first page in a browser of its own. */
async function openProgram<V extends Vendor>(startVendor: (redirectUri: string) => Promise<V>) {
  let vendor: V | undefined
  const { url, close } = await startProgram(async (redirectUri) => {
    vendor = await startVendor(redirectUri)
    return vendor
  })
  onTestFinished(close)
  onTestFinished(() => vendor?.close())
  if (vendor === undefined) throw new Error('the program connected to no vendor')
  const { allow, deny } = vendor
  return {
    ...vendor,
    url,
    page: await openPage(url),
    allow: async (page: Page, account?: string) => {
      await allow(page, account)
      await comeBack(page)
    },
    deny: async (page: Page) => {
      await deny(page)
      await comeBack(page)
    },
  }
}

function comeBack(page: Page): Promise<void> {
  return page.waitForURL(({ pathname }) => pathname === '/callback')
}

/** Nothing but this machine is asked. */
async function openPage(url: string): Promise<Page> {
  const context = await browser.newContext()
  context.setDefaultTimeout(STUCK_AFTER_MS)
  onTestFinished(() => context.close())
  await context.route(
    ({ hostname }) => hostname !== '127.0.0.1',
    (route) => route.abort(),
  )
  const page = await context.newPage()
  await page.goto(url)
  return page
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Sign in' }).click()
}

async function heading(page: Page): Promise<string | null> {
  return await page.getByRole('heading').textContent()
}

async function shown(page: Page): Promise<(string | null)[]> {
  return [await heading(page), await page.locator('pre').textContent()]
}
