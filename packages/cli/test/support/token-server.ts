import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export const CLIENT_ID = 'boat-app'
export const CLIENT_SECRET = 'boat-client-secret'

/** Authorization server and API of a vendor that takes the client's secret, as header or parameters, and nothing less. */
export interface TokenServer {
  readonly origin: string
  /** Of the token requests that were right. */
  readonly grantTypes: readonly string[]
  /** Ends the access token. */
  expire(): void
}

const CODE = 'code-1'

export async function startTokenServer(): Promise<TokenServer> {
  const grantTypes: string[] = []
  let live: string | undefined

  const token = (request: IncomingMessage, parameters: URLSearchParams): object | undefined => {
    const grantType = parameters.get('grant_type') ?? ''
    const proofs: Readonly<Record<string, boolean>> = {
      client_credentials: true,
      authorization_code: parameters.get('code') === CODE,
      refresh_token: parameters.get('refresh_token') === `refresh-${grantTypes.length}`,
    }
    if (!proofs[grantType] || !isClient(request, parameters)) return undefined
    const count = grantTypes.push(grantType)
    live = `access-${count}`
    const renewal = grantType === 'client_credentials' ? {} : { refresh_token: `refresh-${count}` }
    return { access_token: live, token_type: 'bearer', expires_in: 86_399, ...renewal }
  }

  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://vendor')
    if (pathname === '/authorize') {
      const answer = new URLSearchParams({ code: CODE, state: searchParams.get('state') ?? '' })
      response.writeHead(302, { location: `${searchParams.get('redirect_uri')}?${answer}` }).end()
      return
    }
    const given = request.headers['x-shopify-access-token'] ?? request.headers.authorization?.replace('Bearer ', '')
    const body = new URLSearchParams(await text(request))
    const answer = pathname === '/token' ? token(request, body) : given === live && live !== undefined && { ok: true }
    response.writeHead(answer ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer || {}))
  }
  const server = createServer((request, response) => void reply(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const expire = (): void => {
    live = undefined
  }
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, grantTypes, expire }
}

function isClient({ headers }: IncomingMessage, parameters: URLSearchParams): boolean {
  const isInBody = parameters.get('client_id') === CLIENT_ID && parameters.get('client_secret') === CLIENT_SECRET
  return isInBody || headers.authorization === `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}`
}
