import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * A token endpoint on a loopback port that pages of any origin may call. Each refresh token works once; using one again
 * revokes the whole family (RFC 9700 §4.14.2).
 */
export interface RotatingVendor {
  readonly tokenUrl: string
  /** Grant types of the token requests that were answered, in order. */
  readonly calls: readonly string[]
  reuses(): number
  /** The next request is not answered; resolves when it has come. Its refresh token stays good. */
  ignoreNext(): Promise<void>
  close(): PromiseLike<void>
}

const LIFETIME_S = 3600

export async function startRotatingVendor(): Promise<RotatingVendor> {
  const calls: string[] = []
  const spent = new Set<string>()
  let current: string | undefined
  let reuses = 0
  let ignored: (() => void) | undefined

  const answer = (form: URLSearchParams): object | undefined => {
    const presented = form.get('refresh_token')
    calls.push(form.get('grant_type') ?? '')
    if (presented !== null && presented !== current) {
      reuses += spent.has(presented) ? 1 : 0
      current = undefined
      return undefined
    }
    if (presented !== null) spent.add(presented)
    current = `refresh-${calls.length}`
    return {
      access_token: `access-${calls.length}`,
      token_type: 'Bearer',
      expires_in: LIFETIME_S,
      refresh_token: current,
    }
  }

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') return send(response, 204)
    const form = new URLSearchParams(await text(request))
    if (ignored !== undefined) {
      ignored()
      ignored = undefined
      return
    }
    const body = answer(form)
    send(response, body === undefined ? 400 : 200, body ?? { error: 'invalid_grant' })
  }
  const server = createServer((request, response) => void serve(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo

  return {
    tokenUrl: `http://127.0.0.1:${port}/token`,
    calls,
    reuses: () => reuses,
    ignoreNext: () =>
      new Promise((resolve) => {
        ignored = resolve
      }),
    close() {
      server.closeAllConnections()
      return server[Symbol.asyncDispose]()
    },
  }
}

function send(response: ServerResponse, status: number, body?: object): void {
  response.writeHead(status, {
    'access-control-allow-origin': '*',
    'access-control-allow-headers': '*, authorization',
    'content-type': 'application/json',
  })
  response.end(body && JSON.stringify(body))
}
