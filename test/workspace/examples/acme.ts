import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A vendor that follows the standards to the letter: tokens for whoever asks, answers for whoever has one. */
export async function acmeServer(): Promise<{ readonly baseUrl: string; close(): PromiseLike<void> }> {
  const server = createServer((request, response) => {
    const isSignIn = request.method === 'POST' && request.url?.endsWith('/token') === true
    const isAllowed = isSignIn || request.headers.authorization === 'Bearer acme-token'
    response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isSignIn ? { access_token: 'acme-token', token_type: 'Bearer', expires_in: 3600 } : {}))
    request.resume()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { baseUrl: `http://127.0.0.1:${port}`, close: () => server[Symbol.asyncDispose]() }
}
