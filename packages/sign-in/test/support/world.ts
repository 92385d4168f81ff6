import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as bluesonde from '@valetkey/bluesonde'
import { memoryStore, type TokenStore } from '@valetkey/core'
import type { SignInCredential } from '@valetkey/oauth2'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { type BluesondeSimulator, simulators } from '@valetkey/testing/simulators'
import { onTestFinished } from 'vitest'
import { type SignInHandler, type SignInHandlerOptions, signInHandler } from '../../src/index.ts'

export const KEY: string = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
export const OTHER_KEY: string = 'f0'.repeat(32)
const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }

export interface World {
  readonly vendor: BluesondeSimulator
  /** Of vendor and server. */
  readonly clock: VirtualClock
  readonly credential: SignInCredential
  readonly origin: string
  /** From now on the server is another process: the same store, everything else made again with these options. */
  restart(options?: Partial<SignInHandlerOptions>): void
  /** A browser in which this user has logged in to the program; '' is nobody. */
  browser(user: string): Browser
  /** Names of accounts with stored tokens. */
  accounts(): Promise<string[]>
}

export interface Answer {
  readonly status: number
  readonly location: string | null
  readonly text: string
  readonly headers: Headers
}

export interface Browser {
  /** What the server has set, by name. */
  readonly cookies: Map<string, string>
  logIn(user: string): void
  send(method: string, path: URL | string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  open(path: URL | string): Promise<Answer>
  /** Begins a sign-in and answers the vendor's question. @returns the callback */
  answerVendor(answer?: 'approve' | 'deny', path?: string): Promise<URL>
}

/** The vendor and a server with the handler, each on a loopback port. */
export async function startWorld(options: Partial<SignInHandlerOptions> = {}, callback = '/callback'): Promise<World> {
  let handler: SignInHandler
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming
    const request = new Request(new URL(url, `http://${headers.host}`), {
      method,
      headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    })
    handler(request).then(
      async (answer) =>
        outgoing
          .setHeaders(answer.headers)
          .writeHead(answer.status)
          .end(await answer.text()),
      (error: unknown) => outgoing.writeHead(599).end(String(error)),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const redirectUri = new URL(callback, origin).href
  const clock = virtualClock()
  const vendor = await simulators.bluesonde({ ...CLIENT, clock, redirectUris: [redirectUri] })
  onTestFinished(async () => {
    server.closeAllConnections()
    await Promise.all([server[Symbol.asyncDispose](), vendor.close()])
  })
  const store = memoryStore({ clock })
  const start = (given: Partial<SignInHandlerOptions>) => {
    const credential = credentialOf(vendor, { redirectUri, store, clock })
    handler = signInHandler(credential, { accountOf: userOf, cookieKey: KEY, ...given })
    return credential
  }
  const credential = start(options)
  return {
    vendor,
    clock,
    credential,
    origin,
    restart: (given = options) => void start(given),
    browser: (user) => openBrowser(user, origin, vendor, options.basePath ?? ''),
    async accounts() {
      const keys = await Array.fromAsync(store.list?.() ?? [])
      return keys.map((key) => JSON.parse(key)).flatMap((key) => (key[0] === 'vk1' ? [key.at(-1)] : []))
    },
  }
}

export function credentialOf(
  { baseUrl, tokenUrl, authorizationUrl }: BluesondeSimulator,
  options: { readonly redirectUri: string; readonly store?: TokenStore; readonly clock?: VirtualClock },
): SignInCredential {
  const urls = { baseUrl, tokenUrl, authorizationUrl }
  return bluesonde.authorizationCode({ ...CLIENT, ...urls, ...options, allowInsecureRequests: true })
}

/** The session of the program is a cookie that its tests can write. */
export function userOf({ headers }: Request): string | undefined {
  return /(?:^|; )user=([^;]*)/.exec(headers.get('cookie') ?? '')?.[1]
}

function openBrowser(user: string, origin: string, vendor: BluesondeSimulator, basePath: string): Browser {
  const cookies = new Map<string, string>([['user', user]])
  const send: Browser['send'] = async (method, path, headers = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(new URL(path, origin), { method, redirect: 'manual', headers: { cookie, ...headers } })
    for (const text of answer.headers.getSetCookie()) {
      const [, name = '', value = '', age = ''] = /^([^=]+)=([^;]*);.*Max-Age=(\d+)/.exec(text) ?? []
      if (age === '0') cookies.delete(name)
      else cookies.set(name, value)
    }
    const { status, headers: received } = answer
    return { status, headers: received, location: received.get('location'), text: await answer.text() }
  }
  return {
    cookies,
    logIn: (next) => void cookies.set('user', next),
    send,
    open: (path) => send('GET', path),
    async answerVendor(answer = 'approve', path = `${basePath}/sign-in`) {
      const { location } = await send('GET', path)
      return vendor[answer](location ?? '')
    },
  }
}

/** The cookies of sign-ins that a browser has. */
export function pendingOf({ cookies }: Browser): string[] {
  return [...cookies.keys()].filter((name) => name !== 'user')
}
