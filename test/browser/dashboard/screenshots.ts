// `npm run screenshots`: the pictures of the sample app in docs/images, from three minutes of its life.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium, type Locator, type Page } from 'playwright'
import { launchOptions } from '../chromium.ts'
import { startProgram } from './program.ts'

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url))

const WIDE = { width: 1280, height: 1232 }
const PHONE = { width: 390, height: 844 }

/** A machine without a desktop has no system font worth showing. The list shows its scroll bar, the page none. */
const STYLE = ':root { font-family: "Liberation Sans", system-ui, sans-serif; scrollbar-width: none }'

/** What one would press in a minute and a half, and when (s): until then the latency is on the whole chart. */
const SCENE: readonly (readonly [at: number, button: string])[] = [
  [14, 'Revoke token: Flume'],
  [26, '500 requests at once'],
  [44, 'Slow token endpoint: Airthings'],
  [58, 'Expire now: m2m'],
  [70, 'Replace key: Flowlu'],
  [80, 'Revoke token: Bluesonde'],
  [86, 'Rate limit: Flume'],
]

async function play(page: Page): Promise<void> {
  let now = 0
  for (const [at, button] of SCENE) {
    await sleep((at - now) * 1000)
    now = at
    await page.getByRole('button', { name: button }).click()
  }
  await rest(page)
  await sleep(6_000)
}

/** Nothing is hovered, and the page is at its top. */
async function rest(page: Page): Promise<void> {
  await page.mouse.move(0, 0)
  await page.evaluate(() => scrollTo(0, 0))
}

async function shoot(target: Page | Locator, name: string): Promise<void> {
  await target.screenshot({ path: join(IMAGES, `${name}.png`), animations: 'disabled' })
}

async function shootAll(page: Page): Promise<void> {
  await play(page)
  await shoot(page, 'dashboard-light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await sleep(1_000)
  await shoot(page, 'dashboard-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.getByRole('button', { name: 'Show me the code: Airthings' }).click()
  await shoot(page.getByRole('dialog'), 'dashboard-code')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Start the tour' }).click()
  await page.getByText('3 of 4: Outage').waitFor()
  await page.mouse.move(0, 0)
  await sleep(9_000)
  await shoot(page, 'dashboard-tour')
  await page.getByRole('button', { name: 'Play the tour again' }).waitFor()
  await page.getByRole('button', { name: 'Start a second process' }).click()
  for (let round = 0; round < 4; round += 1) {
    await sleep(3_000)
    await page.getByRole('button', { name: 'Expire every token' }).click()
  }
  await page.mouse.move(0, 0)
  await sleep(3_000)
  await shoot(page.locator('.everything'), 'dashboard-two-processes')
  await page.getByRole('button', { name: 'Revoke grant: Bluesonde' }).click()
  await page.getByRole('button', { name: 'Sign in again' }).waitFor()
  await page.mouse.move(0, 0)
  await shoot(page.locator('[data-card="bluesonde"]'), 'dashboard-sign-in')
  await page.setViewportSize(PHONE)
  await rest(page)
  await sleep(1_000)
  await shoot(page, 'dashboard-phone')
}

const options = { ...launchOptions, ignoreDefaultArgs: ['--hide-scrollbars'] }
const [browser, program] = await Promise.all([chromium.launch(options), startProgram()])
try {
  const page = await browser.newPage({ viewport: WIDE, colorScheme: 'dark', bypassCSP: true })
  await page.goto(program.url)
  await page.addStyleTag({ content: STYLE })
  // Charts are drawn again, in that font.
  await page.emulateMedia({ colorScheme: 'light' })
  await shootAll(page)
} finally {
  await Promise.all([browser.close(), program.close()])
}
