import { chromium } from 'playwright'
import { expect, onTestFinished, test } from 'vitest'
import { launchOptions } from '../chromium.ts'
import { openPage } from './page-under-test.ts'
import { startProgram } from './program.ts'

test('A vendor with credentials in the environment is the real one: the page says so, breaks nothing of it and shows no secret', async () => {
  const [browser, program] = await Promise.all([
    chromium.launch(launchOptions),
    startProgram({
      BRIEF: '1',
      VALETKEY_M2M_BASE_URL: 'https://vendor.invalid',
      VALETKEY_M2M_CLIENT_ID: 'canary-id',
      VALETKEY_M2M_CLIENT_SECRET: 'canary-secret',
      VALETKEY_M2M_PATH: '/v1/canary-path',
      VALETKEY_BLUESONDE_API_KEY: 'canary-key',
      VALETKEY_BLUESONDE_BASE_URL: 'https://vendor.invalid',
      VALETKEY_BLUESONDE_PATH: '/v1/canary-path',
    }),
  ])
  onTestFinished(async () => void (await Promise.all([browser.close(), program.close()])))
  const { page, traffic, problems } = await openPage(browser, program.url)
  const card = page.locator('[data-card="m2m"]')
  expect(await card.locator('.source').textContent()).toBe('real')
  expect(await card.locator('.breaks').textContent()).toBe('A real account: this page breaks nothing in it.')
  expect(await card.locator('.breaks button').count()).toBe(0)
  const how = page.locator('[data-card="bluesonde"] .how span')
  expect(await how.allTextContents()).toEqual(['API key', 'axios', 'real'])
  expect(await page.locator('[data-card="flume"] .source').textContent()).toBe('simulated')
  expect(await page.locator('.lede').textContent()).toContain('Bluesonde, m2m are real, the others are simulated')
  await card
    .locator('[data-status]')
    .filter({ hasText: /^Token calls failed|asks for a token again/ })
    .waitFor()
  expect(await card.locator('[data-status]').getAttribute('title')).toMatch(/^token_unavailable: /)
  expect(await traffic()).not.toContain('canary')
  expect(problems).toEqual([])
})
