import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A standard vendor without a package of its own: its API, its token endpoint, and a page for device codes. */
export interface OAuthVendor {
  readonly origin: string
  /** The `vendors` entry that leads to it. */
  readonly settings: Readonly<Record<string, unknown>>
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** @param answer what the token endpoint answers, with its status, and what is other in a device's answer */
export async function startOAuthVendor(answer: {
  readonly status: number
  readonly body: object
  readonly device?: object
}): Promise<OAuthVendor> {
  const server = createServer((request, response) => {
    request.resume()
    if (request.url === '/device')
      response.writeHead(200, JSON_TYPE).end(JSON.stringify({ ...deviceAnswer(origin), ...answer.device }))
    else if (request.url === '/token') response.writeHead(answer.status, JSON_TYPE).end(JSON.stringify(answer.body))
    else response.end(`${request.headers.authorization}\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const settings = {
    package: '@valetkey/oauth2',
    origins: [origin],
    clientId: 'boat-app',
    tokenUrl: `${origin}/token`,
    deviceAuthorizationUrl: `${origin}/device`,
    allowInsecureRequests: true,
  }
  return { origin, settings }
}

function deviceAnswer(origin: string): object {
  return {
    device_code: 'device-code',
    user_code: 'WDJB-MJHT',
    verification_uri: `${origin}/activate`,
    verification_uri_complete: `${origin}/activate?user_code=WDJB-MJHT`,
    expires_in: 900,
    interval: 1,
  }
}
