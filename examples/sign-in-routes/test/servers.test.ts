import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import * as bluesonde from '@valetkey/bluesonde'
import type { SignInCredential } from '@valetkey/oauth2'
import fastify, { type FastifyRequest } from 'fastify'
import { serializeSigned } from 'hono/utils/cookie'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import * as route from '../src/app/buoys/[step]/route.ts'
import { addSignIn } from '../src/fastify.ts'
import { createApp } from '../src/hono.ts'
import { sessions } from '../src/session.ts'
import { type Browser, CLIENT, COOKIE_KEY, openBrowser, startVendor, type Vendor } from './support/browser.ts'

const SECRET = 'example-session-secret'

interface Program {
  readonly vendor: Vendor
  readonly origin: string
  /** A browser in which this user has logged in to the program; '' is nobody. */
  browser(user: string): Promise<Browser>
}

const PROGRAMS: readonly (readonly [string, () => Promise<Program>])[] = [
  ['Fastify', startFastify],
  ['Hono', startHono],
  ['Next.js', startNext],
]

describe.each(PROGRAMS)('%s', (_, start) => {
  test('signs a person in and out', async () => {
    const { vendor, origin, browser } = await start()
    const ada = await browser('ada')
    const { location } = await ada.click(`${origin}/buoys/sign-in?returnTo=/devices`)
    const callback = vendor.approve(location ?? '')
    expect(await ada.click(callback)).toMatchObject({ status: 303, location: '/devices' })
    expect(vendor.tokenCalls()).toBe(1)
    expect(await ada.click(callback)).toMatchObject({ status: 400, text: expect.stringContaining('ended') })
    expect(await ada.submit(`${origin}/buoys/sign-out`)).toMatchObject({ status: 303, location: '/' })
  })

  test('signs in from two tabs', async () => {
    const { vendor, origin, browser } = await start()
    const ada = await browser('ada')
    const begun = [await ada.click(`${origin}/buoys/sign-in`), await ada.click(`${origin}/buoys/sign-in`)]
    for (const { location } of begun.toReversed()) {
      expect(await ada.click(vendor.approve(location ?? ''))).toMatchObject({ status: 303, location: '/' })
    }
  })

  test('shows a person who denies it a page', async () => {
    const { vendor, origin, browser } = await start()
    const ada = await browser('ada')
    const { location } = await ada.click(`${origin}/buoys/sign-in`)
    const denied = await ada.click(vendor.deny(location ?? ''))
    expect(denied).toMatchObject({ status: 400, text: expect.stringContaining('Access was not allowed.') })
    expect(denied.text).not.toMatch(/Error|\.ts:\d/)
  })

  test('begins, completes and ends nothing where nobody has logged in, or another person has', async () => {
    const { vendor, origin, browser } = await start()
    const [ada, bob, nobody] = [await browser('ada'), await browser('bob'), await browser('')]
    const { location } = await ada.click(`${origin}/buoys/sign-in`)
    const callback = vendor.approve(location ?? '')
    expect((await bob.click(callback)).status).toBe(400)
    for (const url of [`${origin}/buoys/sign-in`, callback]) expect((await nobody.click(url)).status).toBe(401)
    expect((await nobody.submit(`${origin}/buoys/sign-out`)).status).toBe(401)
    expect(vendor.requests).toEqual([])
    expect((await ada.click(callback)).status).toBe(303)
  })
})

async function startFastify(): Promise<Program> {
  const { server, origin } = await listen()
  const vendor = await startVendor(origin)
  const app = fastify({
    serverFactory: (handle) => server.on('request', handle),
  })
  const userOf = ({ headers }: FastifyRequest) => /session=(\w+)/.exec(headers.cookie ?? '')?.[1]
  addSignIn(app, { credential: credentialOf(vendor), cookieKey: COOKIE_KEY, userOf })
  await app.ready()
  return { vendor, origin, browser: async (user) => openBrowser(user) }
}

async function startHono(): Promise<Program> {
  const { server, origin } = await listen()
  const vendor = await startVendor(origin)
  const app = createApp({ credential: credentialOf(vendor), cookieKey: COOKIE_KEY, sessionSecret: SECRET })
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  server.on('request', (request, response) => void answer(request, response))
  return {
    vendor,
    origin,
    async browser(user) {
      const [, session = ''] = (await serializeSigned('session', user, SECRET)).split('=')
      return openBrowser(user === '' ? '' : session)
    },
  }
}

/** Next.js calls what a route exports, with a `Request`. */
async function startNext(): Promise<Program> {
  const origin = 'http://127.0.0.1:3000'
  const vendor = await startVendor(origin)
  const { baseUrl, tokenUrl, authorizationUrl, redirectUri } = vendor
  vi.stubEnv('BLUESONDE_CLIENT_ID', CLIENT.clientId)
  vi.stubEnv('BLUESONDE_CLIENT_SECRET', CLIENT.clientSecret)
  vi.stubEnv('BLUESONDE_BASE_URL', baseUrl)
  vi.stubEnv('BLUESONDE_TOKEN_URL', tokenUrl)
  vi.stubEnv('BLUESONDE_AUTHORIZATION_URL', authorizationUrl)
  vi.stubEnv('REDIRECT_URI', redirectUri)
  vi.stubEnv('COOKIE_KEY', COOKIE_KEY)
  return {
    vendor,
    origin,
    async browser(user) {
      if (user !== '') sessions.set(`of-${user}`, user)
      const send: typeof fetch = (url, init) =>
        init?.method === 'POST' ? route.POST(new Request(url, init)) : route.GET(new Request(url, init))
      return openBrowser(user === '' ? '' : `of-${user}`, send)
    },
  }
}

async function listen(): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await server[Symbol.asyncDispose]()
  })
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function credentialOf({ baseUrl, tokenUrl, authorizationUrl, redirectUri }: Vendor): SignInCredential {
  const urls = { baseUrl, tokenUrl, authorizationUrl, redirectUri }
  return bluesonde.authorizationCode({ ...CLIENT, ...urls, allowInsecureRequests: true })
}
