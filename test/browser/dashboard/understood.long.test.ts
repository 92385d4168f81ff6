import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import { launchOptions } from '../chromium.ts'
import { openPage, press, waitForLine, waitForMore } from './page-under-test.ts'
import { type Program, startProgram } from './program.ts'

let browser: Browser
let program: Program

beforeAll(async () => {
  const started = await Promise.all([chromium.launch(launchOptions), startProgram({ BRIEF: '1' })])
  browser = started[0]
  program = started[1]
  return () => Promise.all([browser.close(), program.close()])
})

const DESKTOP = { width: 1280, height: 900 }
/** Nothing scrolls away from under the pointer. */
const TALL = { width: 1280, height: 2200 }
const PHONE = { width: 390, height: 844 }

describe('The page is understood', () => {
  test('without scrolling: at 1280 × 900 there is the tour, a button that breaks things, the chart and the list', async () => {
    const { page } = await openPage(browser, program.url, { viewport: DESKTOP })
    const all = [
      page.getByRole('button', { name: 'Start the tour' }),
      page.getByRole('button', { name: '500 requests at once' }),
      page.locator('.latency'),
      page.locator('.timeline'),
      page.locator('.headline').first(),
    ]
    for (const each of all) {
      const { y, height } = (await each.boundingBox())!
      expect(y + height).toBeLessThan(DESKTOP.height)
    }
  })

  test('by what is said before a button is pressed: each has a title, which is its accessible description', async () => {
    const { page } = await openPage(browser, program.url)
    await press(page, 'Revoke grant: Bluesonde')
    await page.getByRole('button', { name: 'Sign in again: Bluesonde' }).waitFor()
    await press(page, 'Show me the code: Flume')
    expect(await undescribed(page)).toEqual([])
    await press(page, 'Close')
    await press(page, 'Pause')
    const described = await descriptions(page)
    expect(await undescribed(page)).toEqual([])
    expect(described.length).toBeGreaterThan(35)
    expect(Object.fromEntries(described)).toMatchObject({
      'Expire now: Flume': 'The token expires now. The next request gets a new token first; nothing fails.',
      'Sign in again: Bluesonde': 'Opens the vendor’s page, where you allow or deny access.',
      'Revoke grant: Flume': expect.stringContaining('signs in again with the password'),
      'Revoke grant: Airthings': expect.stringContaining('the card asks for it'),
      'Start a second process': expect.stringContaining('the same token store'),
      Resume: 'Stops or resumes the updates of this page. The vendors continue.',
    })
  })

  test.each([
    ['the ring', '[data-card="flume"] .ring', 'The ring shows the seconds until the token expires'],
    ['"generation"', '[data-card="flume"] [data-figure="generation"] button', 'Counts the tokens of this credential'],
    [
      '"replays"',
      '[data-card="m2m"] [data-figure="replays"] button',
      'Requests that the API refused and that valetkey sent again',
    ],
    ['"failures"', '.total button', 'after failed token calls valetkey waits before the next (a back-off)'],
  ])('by an explanation of %s, on hover and on focus, which goes with Escape', async (_, selector, text) => {
    const { page } = await openPage(browser, program.url, { viewport: TALL })
    const tip = page.getByRole('tooltip').filter({ hasText: text })
    const term = page.locator(selector)
    expect(await tip.count()).toBe(0)
    await term.hover()
    await tip.waitFor()
    const [from, to] = [(await term.boundingBox())!, (await tip.boundingBox())!]
    await page.mouse.move(from.x + from.width / 2, to.y + to.height / 2, { steps: 20 })
    expect(await tip.isVisible()).toBe(true)
    await page.mouse.move(0, 0)
    await tip.waitFor({ state: 'hidden' })
    await term.focus()
    await tip.waitFor()
    await page.keyboard.press('Escape')
    await tip.waitFor({ state: 'hidden' })
  })

  test('by one sentence per card that says what to conclude', async () => {
    const { page } = await openPage(browser, program.url)
    const sentences = await page.locator('.card .conclusion').allTextContents()
    expect(sentences).toHaveLength(6)
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][^.]+(?:\. [A-Z][^.]+)?\.$/)
  })

  test('by links to the quick start', async () => {
    const { page } = await openPage(browser, program.url)
    const links = page.getByRole('link', { name: 'Quick start', includeHidden: true })
    const urls = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    expect(urls).toHaveLength(6)
    expect(new Set(urls)).toEqual(new Set(['https://github.com/valetkey/valetkey/blob/main/docs/quick-start.md']))
    expect(existsSync(new URL('../../../docs/quick-start.md', import.meta.url))).toBe(true)
  })
})

test('Requests that fail are drawn into the chart, and said of it', async () => {
  const { page } = await openPage(browser, program.url, { colorScheme: 'light' })
  const failures = async () => {
    const label = await page.locator('.latency .plot').getAttribute('aria-label')
    return Number(label?.match(/requests failed (\d+) times/)?.[1] ?? 0)
  }
  const before = [await failures(), await redPixels(page)] as const
  await press(page, 'Vendor down for 20 s: Flowlu')
  await waitForMore(page, 'flowlu', 'failures', 0)
  await waitForLine(page, 'Flowlu', /vendor is up again/)
  expect(await failures()).toBeGreaterThan(before[0])
  expect(await redPixels(page)).toBeGreaterThan(before[1])
})

test('The list of what happens scrolls, by wheel and by keyboard, and shows that it does', async () => {
  const { page } = await openPage(browser, program.url)
  const list = page.locator('.timeline ol')
  await page.waitForFunction(() => {
    const element = document.querySelector('.timeline ol')
    for (const name of ['Expire now: m2m', 'Expire now: Flume']) {
      document.querySelector<HTMLButtonElement>(`button[aria-label="${name}"]`)?.click()
    }
    return element !== null && element.scrollHeight > element.clientHeight + 50
  })
  expect(await list.evaluate((element) => getComputedStyle(element).overflowY)).toBe('scroll')
  const scrolled = () => list.evaluate((element) => element.scrollTop)
  expect(await scrolled()).toBe(0)
  await list.hover()
  await page.mouse.wheel(0, 40)
  await page.waitForFunction(() => (document.querySelector('.timeline ol')?.scrollTop ?? 0) > 0)
  await list.focus()
  await page.keyboard.press('Home')
  await page.waitForFunction(() => document.querySelector('.timeline ol')?.scrollTop === 0)
})

test('On a phone what one presses is 44 px high and wide at least', async () => {
  const { page } = await openPage(browser, program.url, { viewport: PHONE, hasTouch: true, isMobile: true })
  const small = () =>
    page.locator('button:visible, a:visible').evaluateAll((all) =>
      all
        .map((each) => [each.textContent, each.getBoundingClientRect()] as const)
        .filter(([, { width, height }]) => width < 44 || height < 44)
        .map(([text]) => text),
    )
  expect(await small()).toEqual([])
  await page.getByRole('button', { name: 'Show me the code: Flume' }).tap()
  expect(await small()).toEqual([])
})

/** Names and descriptions of all buttons, as a screen reader gets them. */
async function descriptions(page: Page): Promise<readonly (readonly [name: string, description: string])[]> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  const text = (of: { readonly value?: unknown } | undefined) => (typeof of?.value === 'string' ? of.value : '')
  return nodes
    .filter(({ role, ignored }) => !ignored && role?.value === 'button')
    .map(({ name, description }) => [text(name), text(description)] as const)
}

async function undescribed(page: Page): Promise<readonly string[]> {
  const untitled = page.locator('button:not(.term):not([title])')
  const silent = (await descriptions(page)).filter(([, description]) => description === '').map(([name]) => name)
  return [...silent, ...(await untitled.allTextContents())]
}

/** Pixels of the chart in the colour of failures. */
function redPixels(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.latency canvas')
    const { data } = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    let count = 0
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === 0xc0 && data[at + 1] === 0x2b && data[at + 2] === 0x2b) count += 1
    }
    return count
  })
}
