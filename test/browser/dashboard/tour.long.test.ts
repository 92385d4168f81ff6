import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
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

describe('The tour', () => {
  test('plays by itself in four steps of 40 seconds together, and says what each of them shows', async () => {
    const page = await open()
    const before = await figuresOf(page, 'airthings')
    await press(page, 'Start the tour')
    await caption(page, '1 of 4: Expire The token of Airthings has just ended.')
    await page.locator('[data-card="airthings"].shown').waitFor()
    await waitForLine(page, 'Airthings', /you let the token expire/)
    await waitForMore(page, 'airthings', 'generation', before.generation!)
    await page.clock.fastForward(8_000)
    await caption(page, '2 of 4: Revoke m2m has revoked its token.')
    await waitForLine(page, 'm2m', /request replayed, accepted/)
    await page.clock.fastForward(8_000)
    await caption(page, '3 of 4: Outage Flowlu refuses connections for 20 s.')
    await page.locator('#latency.shown').waitFor()
    await waitForMore(page, 'flowlu', 'failures', 0)
    await page.clock.fastForward(12_000)
    await caption(page, '4 of 4: Two processes')
    await waitForLine(page, 'Everything', /you let every token expire/)
    await waitForLine(page, 'Flume', /token adopted/)
    await page.clock.fastForward(12_000)
    await caption(page, 'Done.')
    await caption(page, ', 0 failures apart from those in the outage.')
    await page.locator('[data-second]').filter({ hasText: 'is not running' }).waitFor()
    const again = page.getByRole('button', { name: 'Play the tour again' })
    await page.waitForFunction(() => {
      const { top = -1, bottom = 0 } = document.querySelector('.tour')?.getBoundingClientRect() ?? {}
      return top >= 0 && bottom <= innerHeight
    })
    expect(await again.evaluate((button) => button === document.activeElement)).toBe(true)
    expect(await page.locator('.tour a').getAttribute('href')).toContain('/docs/quick-start.md')
    expect(await page.locator('.shown').count()).toBe(0)
  })

  test('ends when it is stopped or the page is paused: nothing more is pressed', async () => {
    const page = await open()
    const revoked = page.locator('.timeline li').filter({ hasText: 'you revoked the access token' })
    const before = await revoked.count()
    for (const stop of ['Stop the tour', 'Pause']) {
      await press(page, 'Start the tour')
      await caption(page, '1 of 4')
      await press(page, stop)
      await caption(page, 'Plays for 40 seconds')
      await page.clock.fastForward(60_000)
      await caption(page, 'Plays for 40 seconds')
    }
    await press(page, 'Resume')
    const { requests } = await figuresOf(page, 'm2m')
    await waitForMore(page, 'm2m', 'requests', requests! + 1)
    expect(await revoked.count()).toBe(before)
    expect(await page.locator('.shown').count()).toBe(0)
  })

  test.each([
    ['scrolls smoothly', 'smooth', 'no-preference'],
    ['jumps for people who asked for no motion', 'auto', 'reduce'],
  ] as const)('%s to what a step is about', async (_, behavior, reducedMotion) => {
    const page = await open({ reducedMotion })
    await page.evaluate(() => {
      const seen: unknown[] = []
      Object.assign(window, { seen })
      Element.prototype.scrollIntoView = function scroll(options) {
        seen.push([this.id, options])
      }
    })
    await press(page, 'Start the tour')
    await page.waitForFunction(() => Reflect.get(window, 'seen').length > 0)
    expect(await page.evaluate(() => Reflect.get(window, 'seen'))).toEqual([
      ['airthings', { block: 'nearest', behavior }],
    ])
    await press(page, 'Stop the tour')
  })
})

/** A page whose clock the test can put forward; what the browser complains of fails the test. */
async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const { page, problems } = await openPage(browser, 'about:blank', options)
  await page.clock.install()
  await page.goto(program.url)
  onTestFinished(() => expect(problems).toEqual([]))
  return page
}

async function caption(page: Page, text: string): Promise<void> {
  await page.locator('.see').filter({ hasText: text }).waitFor()
}
