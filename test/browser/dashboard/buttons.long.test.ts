import { type Browser, chromium, type Page } from 'playwright'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { launchOptions } from '../chromium.ts'
import { figuresOf, openPage, press, waitForLine, waitForMore } from './page-under-test.ts'
import { type Program, startProgram } from './program.ts'

let browser: Browser
let program: Program

beforeAll(async () => {
  const started = await Promise.all([chromium.launch(launchOptions), startProgram({ BRIEF: '1' })])
  browser = started[0]
  program = started[1]
  return () => Promise.all([browser.close(), program.close()])
})

describe('A button that breaks something', () => {
  test('Expire now: the next request renews the token, and nothing fails', async () => {
    const page = await open()
    const before = await figuresOf(page, 'airthings')
    await press(page, 'Expire now: Airthings')
    await waitForMore(page, 'airthings', 'generation', before.generation!)
    await waitForLine(page, 'Airthings', /you let the token expire/)
    await waitForLine(page, 'Airthings', /token refreshed in \d+ ms/)
    expect(await figuresOf(page, 'airthings')).toMatchObject({
      generation: before.generation! + 1,
      'token calls': before['token calls']! + 1,
      failures: before.failures,
    })
  })

  test('Revoke token: the request that is refused is sent again with a new one, and nothing fails', async () => {
    const page = await open()
    const before = await figuresOf(page, 'm2m')
    await press(page, 'Revoke token: m2m')
    await waitForMore(page, 'm2m', 'replays', before.replays!)
    await waitForLine(page, 'm2m', /request refused with 401/)
    await waitForLine(page, 'm2m', /request replayed, accepted/)
    expect((await figuresOf(page, 'm2m')).failures).toBe(before.failures)
  })

  test('Revoke grant, of a vendor with a password: it signs in again by itself, and nothing fails', async () => {
    const page = await open()
    const before = await figuresOf(page, 'flume')
    await press(page, 'Revoke grant: Flume')
    await waitForMore(page, 'flume', 'generation', before.generation!)
    await waitForLine(page, 'Flume', /token acquired in \d+ ms/)
    expect((await figuresOf(page, 'flume')).failures).toBe(before.failures)
  })

  test('Replace key: the new one is read when the old one is refused, and nothing fails', async () => {
    const page = await open()
    const before = await figuresOf(page, 'flowlu')
    await press(page, 'Replace key: Flowlu')
    await waitForMore(page, 'flowlu', 'key', before.key!)
    await waitForLine(page, 'Flowlu', /request replayed, accepted/)
    expect(await figuresOf(page, 'flowlu')).toMatchObject({ failures: before.failures, 'token calls': 0 })
  })

  test('Vendor down: requests fail as long as it is, and are counted apart; then it heals by itself', async () => {
    const page = await open()
    const before = await figuresOf(page, 'flowlu')
    await press(page, 'Vendor down for 20 s: Flowlu')
    await waitForMore(page, 'flowlu', 'failures', before.failures!)
    await page.locator('[data-card="flowlu"] [data-status]').filter({ hasText: 'Vendor down' }).waitFor()
    expect(await page.locator('.total .note').allTextContents()).toContain('all while you broke things')
    await waitForLine(page, 'Flowlu', /vendor is up again/)
    const healed = await figuresOf(page, 'flowlu')
    await waitForMore(page, 'flowlu', 'requests', healed.requests! + 5)
    expect((await figuresOf(page, 'flowlu')).failures).toBe(healed.failures)
    expect(await page.locator('.total .note').allTextContents()).toContain('all while you broke things')
  })

  test('Slow token endpoint: the token is renewed in the background while requests go on', async () => {
    const page = await open()
    const before = await figuresOf(page, 'flume')
    await press(page, 'Slow token endpoint: Flume')
    await page.locator('[data-card="flume"] [data-status]').filter({ hasText: 'Slow token endpoint' }).waitFor()
    await waitForMore(page, 'flume', 'requests', before.requests! + 4)
    expect((await figuresOf(page, 'flume')).generation).toBe(before.generation)
    await waitForLine(page, 'Flume', /token refreshed in [1-9]\d{3} ms/)
    expect((await figuresOf(page, 'flume')).failures).toBe(before.failures)
  })

  test('Expire now, while the token endpoint is slow: the time that is told is the time that it took', async () => {
    const page = await open()
    const before = await figuresOf(page, 'm2m')
    const startedAt = performance.now()
    await press(page, 'Slow token endpoint: m2m')
    await press(page, 'Expire now: m2m')
    await waitForMore(page, 'm2m', 'generation', before.generation!)
    const line = page.locator('.timeline li').filter({ hasText: /m2m.*token acquired in [1-9]\d{3,} ms/ })
    const [, told] = (await line.first().textContent())?.match(/in (\d+) ms/) ?? []
    expect(Number(told)).toBeLessThanOrEqual(performance.now() - startedAt)
  })

  test('Rate limit: the token endpoint answers 429, requests go on, and the token is renewed later', async () => {
    const page = await open()
    const before = await figuresOf(page, 'bluesonde')
    await press(page, 'Rate limit: Bluesonde')
    await waitForLine(page, 'Bluesonde', /token endpoint: 429/)
    await waitForMore(page, 'bluesonde', 'generation', before.generation!)
    expect((await figuresOf(page, 'bluesonde')).failures).toBe(before.failures)
  })

  test('500 requests at once, over expired tokens: one token call for each of the four tokens, no failure', async () => {
    const page = await open()
    await press(page, '500 requests at once')
    const result = page.locator('[data-burst]')
    await result
      .filter({ hasText: 'in' })
      .filter({ hasText: /500 requests, .* s\.$/ })
      .waitFor()
    expect(await result.textContent()).toMatch(/^500 requests, 0 failures, 4 token calls, in \d+\.\d s\.$/)
  })
})

describe('A grant that was revoked at a vendor where people sign in', () => {
  test('leaves "Sign in again", which leads through the vendor’s page; who denies it may try again', async () => {
    const page = await open()
    await press(page, 'Revoke grant: Bluesonde')
    const again = page.getByRole('button', { name: 'Sign in again: Bluesonde' })
    await again.waitFor()
    expect(await page.locator('[data-card="bluesonde"] .breaks button').count()).toBe(1)
    expect(await again.evaluate((button) => button === document.activeElement)).toBe(true)
    await again.click()
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.waitForURL(`${program.url}/`)
    await waitForLine(page, 'Bluesonde', /sign-in failed: access_denied/)
    await again.click()
    await page.getByRole('heading', { name: /Bluesonde data\?$/ }).waitFor()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(`${program.url}/`)
    await waitForLine(page, 'Bluesonde', /you signed in/)
    const { requests } = await figuresOf(page, 'bluesonde')
    await waitForMore(page, 'bluesonde', 'requests', requests!)
    expect(await again.count()).toBe(0)
  })

  test('is not given back by a callback that nobody in this browser began', async () => {
    const page = await open()
    await page.goto(`${program.url}/callback/airthings?code=stolen&state=guessed`)
    expect(page.url()).toBe(`${program.url}/`)
    await waitForLine(page, 'Airthings', /it was not begun in this browser/)
  })
})

test('A second process that shares the store: each expired token is renewed by one of the two, and both go on', async () => {
  const page = await open()
  const before = await Promise.all(TOKENS.map((card) => figuresOf(page, card)))
  await press(page, 'Expire every token')
  await Promise.all(TOKENS.map((card, index) => waitForMore(page, card, 'generation', before[index]!.generation!)))
  await press(page, 'Start a second process')
  await page
    .locator('[data-second]')
    .filter({ hasText: /runs: [1-9]\d* requests/ })
    .waitFor()
  await press(page, 'Expire every token')
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('.everything tbody tr')]
    return rows.every((row) => [...row.querySelectorAll('td')].some((cell) => cell.textContent !== '0'))
  })
  await waitForLine(page, 'Flume', /token adopted/)
  const rows = await page
    .locator('.everything tbody tr')
    .evaluateAll((found) =>
      found.map((row) => [...row.querySelectorAll('td')].reduce((sum, cell) => sum + Number(cell.textContent), 0)),
    )
  expect(rows).toEqual([1, 1, 1, 1])
  expect(await page.locator('[data-second]').textContent()).toContain(' 0 failures')
  await press(page, 'Stop the second process')
  await page.locator('[data-second]').filter({ hasText: 'is not running' }).waitFor()
})

test('No secret reaches the page, whatever is pressed', async () => {
  const { page, traffic, problems } = await openPage(browser, program.url)
  const cards = ['flume', 'airthings', 'm2m']
  const before = await Promise.all(cards.map((card) => figuresOf(page, card)))
  for (const name of ['Expire now: Airthings', 'Revoke token: m2m', 'Revoke grant: Flume', 'Replace key: Flowlu'])
    await press(page, name)
  await Promise.all(cards.map((card, index) => waitForMore(page, card, 'generation', before[index]!.generation!)))
  await page.getByRole('button', { name: 'Show me the code: Flume' }).click()
  await page.keyboard.press('Escape')
  await press(page, 'Revoke grant: Bluesonde')
  await press(page, 'Sign in again: Bluesonde')
  await page.getByRole('button', { name: 'Allow' }).click()
  await waitForLine(page, 'Bluesonde', /you signed in/)
  const [sent, secrets] = await Promise.all([traffic(), program.secrets()])
  expect(sent).toContain('text/event-stream')
  expect(sent).toContain('"totals"')
  expect(secrets.length).toBeGreaterThan(20)
  expect(secrets).toEqual(expect.arrayContaining(['simulated-password', 'simulated-client-secret', 'simulated-key']))
  expect(secrets.filter((secret) => sent.includes(secret))).toEqual([])
  expect(problems).toEqual([])
})

const TOKENS = ['flume', 'airthings', 'bluesonde', 'm2m']

/** A page of its own for each test; what the browser complains of fails it. */
async function open(): Promise<Page> {
  const { page, problems } = await openPage(browser, program.url)
  onTestFinished(() => expect(problems).toEqual([]))
  return page
}
