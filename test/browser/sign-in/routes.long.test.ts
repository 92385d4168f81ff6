import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { signInHandler } from '@valetkey/sign-in'
import { type Browser, chromium } from 'playwright'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { launchOptions } from '../chromium.ts'
import { CERTIFICATE } from './certificate.ts'
import { vendors } from './vendors.ts'

let browser: Browser

beforeAll(async () => {
  browser = await chromium.launch(launchOptions)
  return () => browser.close()
})

const HOME = `<!doctype html><title>Home</title><h1>Home</h1>
<a href="/sign-in?returnTo=/done">Sign in</a>
<form method="post" action="/sign-in"><button>Sign in by a form</button></form>
<form method="post" action="/sign-out"><button>Sign out</button></form>`

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  test('a person signs in by a link, and out by a form of a page that sends no referrer', async () => {
    const { page, vendor, url, cookies, state } = await openServer(scheme)
    await page.getByRole('link', { name: 'Sign in' }).click()
    const [cookie] = await cookies()
    expect(cookie).toMatchObject({
      name: expect.stringMatching(scheme === 'https' ? /^__Host-valetkey-/ : /^valetkey-/),
      httpOnly: true,
      secure: scheme === 'https',
      sameSite: 'Lax',
      path: '/',
    })
    await vendor.allow(page)
    await page.waitForURL(`${url}done`)
    expect([await cookies(), await state()]).toEqual([[], 'ready'])
    await page.goto(url)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(url)
    expect(await state()).toBe('signed_out')
  })

  test('a person denies it, is told so, and signs in after all by the link of that page', async () => {
    const { page, vendor, url, cookies, state } = await openServer(scheme)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await vendor.deny(page)
    await page.getByText('Access was not allowed.').waitFor()
    expect(await cookies()).toEqual([])
    await page.getByRole('link', { name: 'Sign in' }).click()
    await vendor.allow(page)
    await page.waitForURL(`${url}done`)
    expect(await state()).toBe('ready')
  })

  test('a person who comes back in an outage tries again by the link of the page', async () => {
    const { page, vendor, url, state } = await openServer(scheme)
    vendor.simulator.failNext({ on: 'token', status: 503 })
    await page.getByRole('link', { name: 'Sign in' }).click()
    await vendor.allow(page)
    await page.getByRole('link', { name: 'Try again' }).click()
    await page.waitForURL(`${url}done`)
    expect(await state()).toBe('ready')
  })

  test('two tabs sign in, by a link and by a form', async () => {
    const { context, page, vendor, url, cookies } = await openServer(scheme)
    const other = await context.newPage()
    await other.goto(url)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await other.getByRole('button', { name: 'Sign in by a form' }).click()
    await other.waitForURL((at) => at.href.startsWith(vendor.simulator.authorizationUrl))
    expect(await cookies()).toHaveLength(2)
    await vendor.allow(page)
    await page.waitForURL(`${url}done`)
    await vendor.allow(other)
    await other.waitForURL(url)
    expect(await cookies()).toEqual([])
  })

  test('a page of another site begins nothing by a link, a picture or a form, and signs nobody out', async () => {
    const { context, page, vendor, url, cookies, state } = await openServer(scheme)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await vendor.allow(page)
    await page.waitForURL(`${url}done`)
    const site = await listen('http', (_, response) => {
      response.setHeader('content-type', 'text/html').end(`<!doctype html><img src="${url}sign-in">
<a href="${url}sign-in?returnTo=/done">Win</a>
<form method="post" action="${url}sign-in"><button>Begin</button></form>
<form method="post" action="${url}sign-out"><button>End</button></form>`)
    })
    const open = async () => {
      const opened = await context.newPage()
      await opened.goto(site.replace('127.0.0.1', 'localhost'))
      return opened
    }
    for (const button of ['Begin', 'End']) {
      const opened = await open()
      await opened.getByRole('button', { name: button }).click()
      await opened
        .getByText(button === 'Begin' ? 'Please sign in.' : 'Please sign out on a page of this site.')
        .waitFor()
    }
    const led = await open()
    await led.getByRole('link', { name: 'Win' }).click()
    await led.getByText('Please sign in.').waitFor()
    expect([await cookies(), await state()]).toEqual([[], 'ready'])
    await led.getByRole('link', { name: 'Sign in' }).click()
    await vendor.allow(led)
    await led.waitForURL(`${url}done`)
  })
})

/** A server with the handler, in whose browser ada has logged in, and its home page. */
async function openServer(scheme: 'http' | 'https') {
  let handle: (request: Request) => Promise<Response> = async () => new Response(null, { status: 500 })
  const url = await listen(scheme, (incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming
    const request = new Request(`${scheme}://${headers.host}${path}`, {
      method,
      headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    })
    void handle(request).then(async (answer) => {
      outgoing
        .setHeaders(answer.headers)
        .writeHead(answer.status)
        .end(await answer.text())
    })
  })
  const vendor = await vendors.Bluesonde(`${url}callback`)
  onTestFinished(() => vendor.close())
  const handler = signInHandler(vendor.credential, {
    accountOf: ({ headers }) => /user=(\w+)/.exec(headers.get('cookie') ?? '')?.[1],
    cookieKey: new Uint8Array(32),
  })
  handle = async (request) => {
    const { pathname } = new URL(request.url)
    const headers = { 'content-type': 'text/html', 'referrer-policy': 'no-referrer' }
    return pathname === '/' || pathname === '/done' ? new Response(HOME, { headers }) : handler(request)
  }
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  onTestFinished(() => context.close())
  await context.addCookies([{ name: 'user', value: 'ada', url, httpOnly: true, sameSite: 'Lax' }])
  const page = await context.newPage()
  await page.goto(url)
  return {
    context,
    page,
    vendor,
    url,
    cookies: async () => (await context.cookies()).filter(({ name }) => /valetkey-/.test(name)),
    state: async () => (await vendor.credential.for('ada').status()).state,
  }
}

/** @returns its URL, with a slash at the end */
async function listen(scheme: 'http' | 'https', listener: RequestListener): Promise<string> {
  const server: Server | ReturnType<typeof createHttpsServer> =
    scheme === 'http' ? createHttpServer(listener) : createHttpsServer(CERTIFICATE, listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await server[Symbol.asyncDispose]()
  })
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/`
}
