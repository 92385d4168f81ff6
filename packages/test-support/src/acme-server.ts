import { createServer } from 'node:http'
import { listenOnLoopback } from './listen.ts'

/** A vendor that follows the standards: it gives a token to every client, and an answer to every request with a token. */
export interface AcmeServer {
  readonly url: string
  tokenCalls(): number
  close(): PromiseLike<void>
}

export async function startAcme(): Promise<AcmeServer> {
  let tokenCalls = 0
  const server = createServer((request, response) => {
    const isTokenCall = request.method === 'POST'
    if (isTokenCall) tokenCalls += 1
    const isAllowed = isTokenCall || request.headers.authorization === 'Bearer acme-token'
    const body = isTokenCall ? { access_token: 'acme-token', token_type: 'Bearer', expires_in: 3600 } : {}
    request.resume()
    response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const port = await listenOnLoopback(server)
  return {
    url: `http://127.0.0.1:${port}`,
    tokenCalls: () => tokenCalls,
    close() {
      server.closeAllConnections()
      return server[Symbol.asyncDispose]()
    },
  }
}
