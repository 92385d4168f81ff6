import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>

interface Listener {
  readonly origin: string
  close(): Promise<void>
}

/** A server on a free loopback port that pages of any origin may call. */
export async function listen(answer: Answer): Promise<Listener> {
  const server = createServer((incoming, outgoing) => {
    permit(incoming, outgoing)
    if (incoming.method === 'OPTIONS') outgoing.writeHead(204).end()
    else answer(incoming, outgoing).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { origin: `http://127.0.0.1:${port}`, close }
}

function permit({ headers }: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.setHeader('access-control-allow-origin', '*')
  outgoing.setHeader('access-control-expose-headers', '*')
  outgoing.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
  outgoing.setHeader('access-control-allow-headers', headers['access-control-request-headers'] ?? '*')
}
