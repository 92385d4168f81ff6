import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface RotatingServer {
  readonly url: string
  /** Access tokens so far. */
  readonly issued: readonly string[]
  /** Refresh tokens that came when they were not the valid one. */
  readonly refused: readonly string[]
}

/** A strict vendor: the body is a refresh token, each works once, and `refresh-0` is the first. */
export async function rotatingServer(): Promise<RotatingServer> {
  const issued: string[] = []
  const refused: string[] = []
  const answer = (refreshToken: string, response: ServerResponse): void => {
    if (refreshToken === `refresh-${issued.length}`) issued.push(`access-${issued.length + 1}`)
    else refused.push(refreshToken)
    response.writeHead(refused.includes(refreshToken) ? 400 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ accessToken: issued.at(-1), refreshToken: `refresh-${issued.length}` }))
  }
  const server = createServer((request, response) => {
    void text(request).then((body) => answer(body, response))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, issued, refused }
}
