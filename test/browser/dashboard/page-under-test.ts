import type { Browser, BrowserContextOptions, Page } from 'playwright'
import { onTestFinished } from 'vitest'
import { STUCK_AFTER_MS } from '../chromium.ts'

/** A page of the sample app, and everything that went over its network. */
export interface PageUnderTest {
  readonly page: Page
  /** Errors of scripts, and requests that failed. */
  readonly problems: readonly string[]
  /** URLs, headers and bodies, the server-sent events among them. */
  traffic(): Promise<string>
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<PageUnderTest> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(STUCK_AFTER_MS)
  onTestFinished(() => context.close())
  const page = await context.newPage()
  const problems = watchProblems(page)
  const traffic = await recordTraffic(page, url)
  await page.goto(url)
  return { page, problems, traffic }
}

function watchProblems(page: Page): string[] {
  const problems: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`)
  })
  return problems
}

async function recordTraffic(page: Page, url: string): Promise<() => Promise<string>> {
  const parts: (string | Promise<string>)[] = []
  page.on('response', (response) => {
    const request = response.request()
    if (!response.url().startsWith(url)) return
    const heads = JSON.stringify([request.url(), request.headers(), request.postData(), response.headers()])
    parts.push(heads)
    const isEndless = response.headers()['content-type'] === 'text/event-stream'
    // A redirect has no body.
    if (!isEndless) parts.push(response.text().catch(() => ''))
  })
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  session.on('Network.eventSourceMessageReceived', ({ data }) => void parts.push(data))
  return async () => (await Promise.all(parts)).join('\n')
}

/** The small figures of a card, by their names. */
export async function figuresOf(page: Page, card: string): Promise<Readonly<Record<string, number>>> {
  const pairs = page.locator(`[data-card="${card}"] .counts div`)
  return Object.fromEntries(
    await pairs.evaluateAll((elements) =>
      elements.map((element) => [
        element.getAttribute('data-figure') ?? '',
        Number(element.querySelector('dd')?.textContent?.replaceAll(',', '')),
      ]),
    ),
  )
}

/** Resolves as soon as a small figure of a card is more than it was. */
export async function waitForMore(page: Page, card: string, name: string, than: number): Promise<void> {
  await page.waitForFunction(
    ([id, figure, before]) => {
      const found = document.querySelector(`[data-card="${id}"] [data-figure="${figure}"] dd`)
      return Number(found?.textContent?.replaceAll(',', '')) > Number(before)
    },
    [card, name, than] as const,
  )
}

/** Resolves as soon as the timeline says so. @param line what is said of whom */
export async function waitForLine(page: Page, who: string, line: RegExp): Promise<void> {
  await page.locator('.timeline li').filter({ hasText: who }).filter({ hasText: line }).first().waitFor()
}

export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click()
}
