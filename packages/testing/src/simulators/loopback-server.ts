import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'

export type SimulatorApp = Hono<{ Bindings: HttpBindings }>

/** A real HTTP server on 127.0.0.1. */
export interface LoopbackServer {
  readonly origin: string
  /** While refusing, the port is closed: connecting fails at once. */
  refuse(refuse: boolean): Promise<void>
  close(): Promise<void>
}

/** A thousand connections may arrive in one turn; a shorter queue would make some of them wait for a second SYN. */
const PENDING_CONNECTIONS = 4096

export async function startLoopbackServer(app: SimulatorApp): Promise<LoopbackServer> {
  // The global Request and Response stay the platform's: the code under test uses them too.
  const listener = getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false })
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: '127.0.0.1', port, backlog: PENDING_CONNECTIONS }, resolve)
    })
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  let closed = false
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      closed = true
      return stop()
    },
    refuse: async (refuse) => {
      if (!closed && refuse === server.listening) await (refuse ? stop() : listen(port))
    },
  }
}
