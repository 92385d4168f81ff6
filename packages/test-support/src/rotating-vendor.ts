import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenOnLoopback } from './listen.ts'

/** A token endpoint whose refresh tokens work once; presenting a spent one is counted (RFC 9700 §4.14.2). */
export interface RotatingVendor {
  readonly url: string
  /** Token requests so far, and how many of them presented a spent refresh token. */
  counts(): { readonly calls: number; readonly reuses: number }
  close(): PromiseLike<void>
}

/** Answers a request once `ready` resolves. */
export async function startRotatingVendor(ready: () => Promise<void> = async () => {}): Promise<RotatingVendor> {
  const spent = new Set<string>()
  let calls = 0
  let reuses = 0
  const answer = async (request: IncomingMessage): Promise<object> => {
    const used = await text(request)
    calls += 1
    if (spent.has(used)) reuses += 1
    if (used !== '') spent.add(used)
    await ready()
    return { accessToken: `access-${calls}`, refreshToken: `refresh-${calls}`, expiresIn: 3600 }
  }
  const server = createServer((request, response) => {
    void answer(request).then((tokens) => response.end(JSON.stringify(tokens)))
  })
  const port = await listenOnLoopback(server)
  return {
    url: `http://127.0.0.1:${port}/`,
    counts: () => ({ calls, reuses }),
    close() {
      server.closeAllConnections()
      return server[Symbol.asyncDispose]()
    },
  }
}
