import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A token endpoint whose refresh tokens work once; presenting a spent one is counted (RFC 9700 §4.14.2). */
export interface RotatingVendor {
  readonly url: string
  /** Token requests so far, and how many of them presented a spent refresh token. */
  counts(): { readonly calls: number; readonly reuses: number }
  close(): Promise<void>
}

/** Answers a request once `ready` resolves. */
export async function startVendor(ready: () => Promise<void>): Promise<RotatingVendor> {
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
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    counts: () => ({ calls, reuses }),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
