import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as bluesonde from '@valetkey/bluesonde'
import type { SignInCredential } from '@valetkey/oauth2'
import { type VirtualClock, virtualClock } from '@valetkey/testing'
import { type BluesondeSimulator, simulators } from '@valetkey/testing/simulators'
import { createApp, type Session } from '../../src/app.ts'

export interface World extends AsyncDisposable {
  readonly vendor: BluesondeSimulator
  /** Of vendor and server. */
  readonly clock: VirtualClock
  readonly credential: SignInCredential
  /** As the browser of a user; redirects are not followed. In the browser '' nobody has logged in. */
  get(user: string, path: URL | string, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Another user logs in to the program, in the browser and the session of the first. */
  logIn(browser: string, user: string): void
  /** Begins a user's sign-in and answers the vendor's question; gives the callback that the vendor sends the browser to. */
  answerVendor(user: string, answer?: 'approve' | 'deny'): Promise<URL>
  /** Signs a user in and gives the token that the server then has for them. */
  signIn(user: string): Promise<string>
}

/** The vendor and the server, each on a loopback port. */
export async function startWorld(): Promise<World> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  const client = { clientId: 'harbour-office', clientSecret: 'example-secret' }
  const redirectUri = `${origin}/callback`
  const clock = virtualClock()
  const vendor = await simulators.bluesonde({ ...client, clock, redirectUris: [redirectUri] })
  const { baseUrl } = vendor
  const credential = bluesonde.authorizationCode({ ...vendor.options, redirectUri, clock })
  const sessions = new Map<string, Session>()
  const sessionOf = (browser: string): Session => {
    const session = sessions.get(browser) ?? { userId: browser }
    sessions.set(browser, session)
    return session
  }
  server.on('request', createApp({ credential, baseUrl, sessionOf: ({ headers }) => sessionOf(browserOf(headers)) }))

  const jars = new Map<string, Map<string, string>>()
  const get: World['get'] = async (user, path, headers) => {
    const jar = jars.get(user) ?? new Map([['browser', user]])
    jars.set(user, jar)
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(new URL(path, origin), {
      redirect: 'manual',
      headers: { ...headers, cookie, 'x-request-id': `of ${user}` },
    })
    for (const text of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      if (text.includes('Max-Age=0')) jar.delete(name)
      else jar.set(name, value)
    }
    return answer
  }
  const answerVendor: World['answerVendor'] = async (user, answer = 'approve') => {
    const { headers } = await get(user, '/sign-in')
    return vendor[answer](headers.get('location') ?? '')
  }
  return {
    vendor,
    clock,
    credential,
    get,
    logIn: (browser, user) => void sessions.set(browser, { ...sessionOf(browser), userId: user }),
    answerVendor,
    async signIn(user) {
      await get(user, await answerVendor(user))
      return (await credential.for(user).getToken()).accessToken
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await Promise.all([server[Symbol.asyncDispose](), vendor.close()])
    },
  }
}

function browserOf({ cookie = '' }: IncomingHttpHeaders): string {
  return /browser=(\w*)/.exec(cookie)?.[1] ?? ''
}
