import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the token endpoint says in place of tokens. */
export interface TokenRefusal {
  readonly status: number
  readonly error?: string
  readonly description?: string
}

/** In all tokens and secrets of the vendor, so that one that shows somewhere is found. */
export const CANARY = 'canary'

/** A vendor with an API and a token endpoint on one loopback port; only the newest access token is good, and none at `/closed`. */
export async function startVendor({ pause = async (_path: string) => {} } = {}) {
  const refusals: TokenRefusal[] = []
  let tokens = 0
  let isRevoked = false
  let gate: Promise<void> | undefined
  let arrived = deferred()
  const answerTokens = async (response: ServerResponse): Promise<void> => {
    arrived.resolve()
    await gate
    const refusal = refusals.shift()
    if (refusal) {
      const { status, error, description } = refusal
      return void response.writeHead(status).end(JSON.stringify({ error, error_description: description }))
    }
    tokens += 1
    isRevoked = false
    const access = { access_token: `${CANARY}-access-${tokens}`, token_type: 'Bearer', expires_in: 3600 }
    response.end(JSON.stringify({ ...access, refresh_token: `${CANARY}-refresh-${tokens}` }))
  }
  const answerApi = ({ url, headers }: IncomingMessage, response: ServerResponse): void => {
    const isNewest = headers.authorization === `Bearer ${CANARY}-access-${tokens}`
    const isGood = isNewest && !isRevoked && url !== '/closed'
    response.writeHead(isGood ? 200 : 401).end('{}')
  }
  const server = createServer((request, response) => {
    request.resume()
    const { url = '' } = request
    void pause(url).then(() => (url === '/token' ? answerTokens(response) : answerApi(request, response)))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    port,
    tokenCalls: () => tokens,
    /** The next token requests are refused so, in this order. */
    refuse: (...next: TokenRefusal[]) => refusals.push(...next),
    /** The API refuses the newest token too, until there is another. */
    revoke() {
      isRevoked = true
    },
    /** Token requests wait from now on. `arrived`: the first is here. */
    hold() {
      const held = deferred()
      arrived = deferred()
      gate = held.promise
      const release = (): void => {
        gate = undefined
        held.resolve()
      }
      return { arrived: arrived.promise, release }
    },
    async close() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

export type Vendor = Awaited<ReturnType<typeof startVendor>>

function deferred() {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
