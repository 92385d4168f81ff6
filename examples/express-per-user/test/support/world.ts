import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bluesonde } from '@valetkey/bluesonde'
import type { SignInCredential } from '@valetkey/oauth2'
import { type BluesondeSimulator, simulators } from '@valetkey/testing/simulators'
import { createApp, type Session } from '../../src/app.ts'

export interface World extends AsyncDisposable {
  readonly vendor: BluesondeSimulator
  readonly credential: SignInCredential
  /** As the browser of a user; redirects are not followed. */
  get(user: string, path: string): Promise<Response>
  /** Begins a user's sign-in and consents; gives the callback that the vendor sends the browser to. */
  approve(user: string): Promise<URL>
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
  const vendor = await simulators.bluesonde({ ...client, redirectUris: [redirectUri] })
  const { baseUrl, tokenUrl, authorizationUrl } = vendor
  const urls = { baseUrl, tokenUrl, authorizationUrl, redirectUri }
  const credential = bluesonde.authorizationCode({ ...client, ...urls, allowInsecureRequests: true })
  const sessions = new Map<string, Session>()
  const sessionOf = (user: string): Session => {
    const session = sessions.get(user) ?? { userId: user }
    sessions.set(user, session)
    return session
  }
  server.on('request', createApp({ credential, baseUrl, sessionOf: ({ headers }) => sessionOf(headers.cookie ?? '') }))

  const get = (user: string, path: string) =>
    fetch(origin + path, { redirect: 'manual', headers: { cookie: user, 'x-request-id': `of ${user}` } })
  const approve = async (user: string) => {
    const { headers } = await get(user, '/sign-in')
    return vendor.approve(headers.get('location') ?? '')
  }
  return {
    vendor,
    credential,
    get,
    approve,
    async signIn(user) {
      const { pathname, search } = await approve(user)
      await get(user, pathname + search)
      return (await credential.for(user).getToken()).accessToken
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await Promise.all([server[Symbol.asyncDispose](), vendor.close()])
    },
  }
}
