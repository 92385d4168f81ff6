import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serializeSigned } from 'hono/utils/cookie'
import { expect, onTestFinished, test } from 'vitest'
import { CLIENT, COOKIE_KEY, openBrowser, startVendor } from './support/browser.ts'

const SERVER = fileURLToPath(new URL('../src/hono-server.ts', import.meta.url))
const SECRET = 'example-session-secret'

/** Where the load balancer is: it sends each request to either process. */
const ORIGIN = 'http://127.0.0.1:3000'

test('one process begins a sign-in, the other completes it, and both have its tokens', async () => {
  const vendor = await startVendor(ORIGIN)
  const tokens = await mkdtemp(join(tmpdir(), 'valetkey-sign-in-'))
  onTestFinished(() => rm(tokens, { recursive: true }))
  const [first, second] = await Promise.all([startProcess(vendor, tokens), startProcess(vendor, tokens)])
  const [, session = ''] = (await serializeSigned('session', 'ada', SECRET)).split('=')
  const ada = openBrowser(session)

  const begun = await ada.click(`${first}/buoys/sign-in?returnTo=/devices`)
  const callback = vendor.approve(begun.location ?? '')
  const at = (origin: string) => new URL(callback.pathname + callback.search, origin)
  vendor.failNext({ on: 'token', status: 503 })
  expect((await ada.click(at(first))).status).toBe(503)
  expect(await ada.click(at(second))).toMatchObject({ status: 303, location: '/devices' })
  expect((await ada.click(at(first))).status).toBe(400)
  expect(vendor.tokenCalls('authorization_code')).toBe(2)

  expect(await ada.submit(`${first}/buoys/sign-out`)).toMatchObject({ status: 303 })
})

/** @returns its origin */
async function startProcess(vendor: Awaited<ReturnType<typeof startVendor>>, tokens: string): Promise<string> {
  const child: ChildProcess = fork(SERVER, {
    execArgv: ['--conditions=@valetkey/source'],
    env: {
      ...process.env,
      BLUESONDE_CLIENT_ID: CLIENT.clientId,
      BLUESONDE_CLIENT_SECRET: CLIENT.clientSecret,
      BLUESONDE_BASE_URL: vendor.baseUrl,
      BLUESONDE_TOKEN_URL: vendor.tokenUrl,
      BLUESONDE_AUTHORIZATION_URL: vendor.authorizationUrl,
      REDIRECT_URI: vendor.redirectUri,
      COOKIE_KEY,
      SESSION_SECRET: SECRET,
      TOKENS: tokens,
    },
  })
  onTestFinished(async () => {
    const exited = once(child, 'exit')
    child.kill()
    await exited
  })
  const [port] = await once(child, 'message')
  return `http://127.0.0.1:${port}`
}
