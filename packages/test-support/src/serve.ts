import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Received {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Resolves when the connection of the answer is gone. */
  readonly closed: Promise<void>
}

export interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string | string[]>
  readonly body?: string
  /** The answer stays open after the body. */
  readonly isEndless?: boolean
}

export interface Server {
  readonly origin: string
  /** The same server under its other host name. */
  readonly otherHost: string
  readonly received: readonly Received[]
}

/** A loopback server that closes with the test. An answer that is not given is an unexpected request and fails it. */
export async function serve(answer: (received: Received, count: number) => Reply | Promise<Reply>): Promise<Server> {
  const received: Received[] = []
  const failures: unknown[] = []
  const server = createServer((incoming, outgoing) => {
    const reply = async () => {
      const request: Received = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: await bodyOf(incoming),
        closed: new Promise((resolve) => outgoing.once('close', resolve)),
      }
      received.push(request)
      const { status = 200, headers = {}, body = '', isEndless = false } = await answer(request, received.length)
      outgoing.writeHead(status, headers)
      if (isEndless) outgoing.write(body)
      else outgoing.end(body)
    }
    reply().catch((error: unknown) => {
      failures.push(error)
      outgoing.destroy()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve)
  })
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
    if (failures.length > 0) throw failures[0]
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, otherHost: `http://localhost:${port}`, received }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString('latin1')
}
