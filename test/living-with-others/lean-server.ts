import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

interface Received {
  readonly method: string | undefined
  readonly path: string
  readonly body: string
}

export interface Acme {
  readonly origin: string
  received(): readonly Received[]
  paths(): readonly string[]
  /** The API refuses the tokens given so far. */
  revoke(): void
}

/** An API and its authorization server, of which everything below `/moved` redirects to its other host name, and `/bought` to `/boats`. */
export async function startAcme(): Promise<Acme> {
  const received: Received[] = []
  let issued = 0
  let origin = ''
  let refusedUpTo = 0

  const api = (isQuiet: boolean, { headers }: IncomingMessage): readonly [number, object] => {
    const isAccepted = Number(headers.authorization?.slice('Bearer token-'.length) ?? Infinity) > refusedUpTo
    if (isAccepted) return [200, { ok: true }]
    return isQuiet ? [200, { error: 'session_expired' }] : [401, {}]
  }
  const device = { device_code: 'code', user_code: 'WDJB', verification_uri: 'https://login.example.com/device' }
  const answers: Readonly<Record<string, (request: IncomingMessage) => readonly [number, object]>> = {
    '/token': () => {
      issued += 1
      return [200, { access_token: `token-${issued}`, expires_in: 3600 }]
    },
    '/boats': (request) => api(false, request),
    '/quiet': (request) => api(true, request),
    '/revoke': () => [200, {}],
    '/introspect': () => [200, { active: true }],
    '/device': () => [200, { ...device, expires_in: 900 }],
    '/.well-known/oauth-authorization-server': () => [
      200,
      {
        issuer: origin,
        token_endpoint: `${origin}/token`,
        revocation_endpoint: `${origin}/revoke`,
        introspection_endpoint: `${origin}/introspect`,
      },
    ],
  }

  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const reply = async (): Promise<void> => {
      received.push({ method: request.method, path, body: await text(request) })
      if (path === '/bought') {
        response.writeHead(303, { location: '/boats' }).end()
        return
      }
      const moved = path === '/moved-token' ? '/token' : path === '/moved' && '/boats'
      if (moved) {
        response.writeHead(307, { location: `${origin.replace('127.0.0.1', 'localhost')}${moved}` }).end()
        return
      }
      const [status, body] = answers[path]?.(request) ?? [404, {}]
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    void reply()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  onTestFinished(() => {
    server.closeAllConnections()
    return server[Symbol.asyncDispose]()
  })
  return {
    origin,
    received: () => received,
    paths: () => received.map(({ path }) => path),
    revoke() {
      refusedUpTo = issued
    },
  }
}
