import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Provider } from 'oidc-provider'

/** An API that asks the provider about each token. */
export interface Api extends AsyncDisposable {
  readonly origin: string
  /** Answers with 200, and with 401. */
  readonly counts: { accepted: number; refused: number }
  /** Ends every access token that it has accepted, at the provider; no program is told. */
  endTokens(): Promise<void>
}

export async function startApi({ AccessToken }: Provider): Promise<Api> {
  const counts = { accepted: 0, refused: 0 }
  const seen = new Set<string>()
  const statusFor = async (token: string): Promise<number> => {
    const isActive = (await AccessToken.find(token)) !== undefined
    if (isActive) seen.add(token)
    counts[isActive ? 'accepted' : 'refused'] += 1
    return isActive ? 200 : 401
  }
  const server = createServer((request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    void statusFor(token).then((status) => response.writeHead(status).end())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    async endTokens() {
      for (const token of seen) await (await AccessToken.find(token))?.destroy()
      seen.clear()
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}
