import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'

const TOKEN = 'acme-token'
const TOKEN_HASH = createHash('sha256').update(TOKEN).digest('base64url')

/**
 * A vendor that follows the standards to the letter: tokens for whoever asks, answers for whoever has one. To a request with a
 * proof (DPoP) it gives a token that is good with a proof.
 */
export async function acmeServer(): Promise<{ readonly baseUrl: string; close(): PromiseLike<void> }> {
  const server = createServer((request, response) => {
    const isSignIn = request.method === 'POST' && request.url?.endsWith('/token') === true
    const type = request.headers.dpop === undefined ? 'Bearer' : 'DPoP'
    const isAllowed = isSignIn || (request.headers.authorization === `${type} ${TOKEN}` && isProved(request))
    response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isSignIn ? { access_token: TOKEN, token_type: type, expires_in: 3600 } : {}))
    request.resume()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { baseUrl: `http://127.0.0.1:${port}`, close: () => server[Symbol.asyncDispose]() }
}

/** That its proof, if it has one, is of this request and of the token; `test/dpop` has servers that verify all of it. */
function isProved({ headers, method }: IncomingMessage): boolean {
  if (headers.dpop === undefined) return true
  const { ath, htm } = decodeJwt(String(headers.dpop))
  return ath === TOKEN_HASH && htm === method
}
