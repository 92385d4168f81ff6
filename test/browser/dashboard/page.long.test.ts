import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page, type Response } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import { launchOptions } from '../chromium.ts'
import { figuresOf, openPage, press, waitForMore } from './page-under-test.ts'
import { type Program, startProgram } from './program.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What the page may cost. */
const MOST_SCRIPT_BYTES = 150_000

let browser: Browser
let program: Program

beforeAll(async () => {
  const started = await Promise.all([chromium.launch(launchOptions), startProgram({ BRIEF: '1' })])
  browser = started[0]
  program = started[1]
  return () => Promise.all([browser.close(), program.close()])
})

describe('The page', () => {
  test('shows what was read of every vendor before the server says another word', async () => {
    const { page, problems } = await openPage(browser, 'about:blank')
    await page.route('**/events', () => undefined)
    await page.goto(program.url)
    expect(await page.locator('.headline').allTextContents()).toEqual([
      expect.stringMatching(/^\d+\.\d litres of water today$/),
      '742 ppm CO₂, living room',
      '1.7 m waves, outer bank',
      '3 items',
      '4 open: 3 deals, 1 task',
    ])
    expect(problems).toEqual([])
  })

  test('names each vendor’s grant and client, and says that it is simulated', async () => {
    const { page } = await openPage(browser, program.url)
    const how = page.locator('.how')
    expect(
      await how.evaluateAll((all) => all.map(({ children }) => [...children].map((each) => each.textContent))),
    ).toEqual([
      ['password', 'fetch', 'simulated'],
      ['authorization code', 'ky', 'simulated'],
      ['authorization code', 'axios', 'simulated'],
      ['client credentials', 'fetch', 'simulated'],
      ['API key', 'axios', 'simulated'],
    ])
  })

  test('moves by itself until it is paused, and moves on when it is resumed', async () => {
    const { page } = await openPage(browser, program.url)
    const { requests } = await figuresOf(page, 'm2m')
    await waitForMore(page, 'm2m', 'requests', requests!)
    const updates = countUpdates(page)
    await press(page, 'Pause')
    const paused = await figuresOf(page, 'm2m')
    await updates(3)
    expect(await figuresOf(page, 'm2m')).toEqual(paused)
    await press(page, 'Resume')
    await waitForMore(page, 'm2m', 'requests', paused.requests!)
  })

  test('has less than 150 kB of script, and asks for nothing but itself', async () => {
    const { page } = await openPage(browser, 'about:blank')
    const responses: Response[] = []
    page.on('response', (response) => void responses.push(response))
    await page.goto(program.url)
    const urls = responses.map((response) => new URL(response.url())).filter(({ protocol }) => protocol !== 'data:')
    expect(new Set(urls.map(({ origin }) => origin))).toEqual(new Set([program.url]))
    const scripts = responses.filter((response) => response.headers()['content-type']?.startsWith('text/javascript'))
    const sizes = await Promise.all(scripts.map(async (script) => (await script.body()).length))
    expect(sizes.length).toBeGreaterThan(0)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_SCRIPT_BYTES)
  })

  test('does not move what one reads or presses', async () => {
    const { page } = await openPage(browser, program.url)
    await page.evaluate(() => {
      const shifts: number[] = []
      Object.assign(window, { shifts })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if ('value' in entry) shifts.push(Number(entry.value))
      }).observe({ type: 'layout-shift', buffered: true })
    })
    const before = await figuresOf(page, 'airthings')
    await press(page, 'Revoke token: Airthings')
    await waitForMore(page, 'airthings', 'generation', before.generation!)
    await press(page, 'Vendor down for 20 s: Flowlu')
    await waitForMore(page, 'flowlu', 'failures', 0)
    await waitForMore(page, 'airthings', 'requests', before.requests! + 20)
    const moved = await page.evaluate(() => {
      const shifts: unknown = Reflect.get(window, 'shifts')
      return Array.isArray(shifts) ? shifts.reduce((sum: number, shift: number) => sum + shift, 0) : undefined
    })
    expect(moved).toBeLessThan(0.01)
  })

  test('has no animation for those who asked for none', async () => {
    const { page } = await openPage(browser, program.url, { reducedMotion: 'reduce' })
    const transitions = () =>
      page.locator('.ring .left').evaluateAll((all) => all.map((each) => getComputedStyle(each).transitionDuration))
    expect(new Set(await transitions())).toEqual(new Set(['0s']))
    await page.emulateMedia({ reducedMotion: 'no-preference' })
    expect(new Set(await transitions())).toEqual(new Set(['0.5s']))
  })

  test('can be used with the keyboard alone', async () => {
    const { page } = await openPage(browser, program.url)
    const all = await page
      .getByRole('button')
      .evaluateAll((buttons) => buttons.map((each) => each.getAttribute('aria-label') ?? each.textContent ?? ''))
    const reached: string[] = []
    for (let presses = 0; presses < all.length + 20; presses += 1) {
      await page.keyboard.press('Tab')
      reached.push(
        await page.evaluate(
          () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
        ),
      )
    }
    expect(all.length).toBeGreaterThan(25)
    expect(all.filter((name) => !reached.includes(name))).toEqual([])
  })

  test('tells screen readers what was done, and keeps quiet about what goes on all the time', async () => {
    const { page } = await openPage(browser, program.url)
    const { requests } = await figuresOf(page, 'm2m')
    await waitForMore(page, 'm2m', 'requests', requests!)
    const said = page.getByRole('status')
    expect(await said.textContent()).toBe('')
    await press(page, 'Expire now: m2m')
    await said.filter({ hasText: 'm2m: you let the token expire' }).waitFor({ state: 'attached' })
    expect(await said.textContent()).toBe('m2m: you let the token expire')
  })
})

describe('axe finds nothing', () => {
  test.each<[string, BrowserContextOptions]>([
    ['in the light', { colorScheme: 'light' }],
    ['in the dark', { colorScheme: 'dark' }],
    ['on a narrow screen', { viewport: { width: 320, height: 640 } }],
    ['on a narrow screen in the dark', { viewport: { width: 320, height: 640 }, colorScheme: 'dark' }],
  ])('%s, nor is anything wider than the screen', async (_, options) => {
    const { page } = await openPage(browser, program.url, options)
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Show me the code: Flume' }).click()
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  })

  test('while a vendor is down and somebody has to sign in', async () => {
    const { page } = await openPage(browser, program.url, { colorScheme: 'dark' })
    await press(page, 'Vendor down for 20 s: Flume')
    await press(page, 'Revoke grant: Airthings')
    await page.getByRole('button', { name: 'Sign in again: Airthings' }).waitFor()
    expect(await violations(page)).toEqual([])
  })

  test('while an explanation shows, and during the tour', async () => {
    const { page } = await openPage(browser, program.url)
    await press(page, 'Start the tour')
    await page.getByText('1 of 4: Expire').waitFor()
    await page.locator('[data-card="flume"] [data-figure="replays"] button').focus()
    await page.getByRole('tooltip').waitFor()
    expect(await violations(page)).toEqual([])
    await press(page, 'Stop the tour')
  })
})

/** axe's own words, one line for each rule that is broken. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const results = await page.evaluate(() => Reflect.get(window, 'axe').run() as Promise<AxeResults>)
  return results.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Resolves after so many messages of the server. */
function countUpdates(page: Page): (count: number) => Promise<void> {
  return async (count) => {
    await page.evaluate(
      (wanted) =>
        new Promise<void>((resolve) => {
          const source = new EventSource('/events')
          let seen = 0
          source.onmessage = () => {
            seen += 1
            if (seen < wanted) return
            source.close()
            resolve()
          }
        }),
      count,
    )
  }
}
