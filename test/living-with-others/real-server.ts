import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface RealServer {
  readonly origin: string
  /** The Authorization header of each request. */
  readonly carried: readonly (string | undefined)[]
}

/** A server on this machine that gives the Authorization header back, with status 401 where it is refused. */
export async function startRealServer(
  isRefused: (authorization: string) => boolean = () => false,
): Promise<RealServer> {
  const carried: (string | undefined)[] = []
  const server = createServer(({ headers: { authorization } }, response) => {
    carried.push(authorization)
    response.writeHead(isRefused(authorization ?? '') ? 401 : 200).end(authorization)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, carried }
}
