import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server on this machine that answers with the Authorization header; its origin. */
export async function startRealServer(): Promise<string> {
  const server = createServer(({ headers }, response) => response.end(headers.authorization))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server[Symbol.asyncDispose]())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
