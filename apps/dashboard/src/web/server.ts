import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { SetupError } from '../vendors/setup-error.ts'

/** Only this machine sees the page. */
const HOST = '127.0.0.1'

export interface DashboardServer {
  readonly origin: string
  /** Until then requests are answered 503. */
  serve(app: Hono): void
  close(): Promise<void>
}

/** @throws SetupError if the port is not to be had */
export async function startServer(port: number): Promise<DashboardServer> {
  let app: Hono | undefined
  const answer = (request: Request, env: object) =>
    app?.fetch(request, env) ?? new Response('Starting', { status: 503 })
  const listener = getRequestListener(answer, { overrideGlobalObjects: false })
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portProblem(error, port)))
    server.listen(port, HOST, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    origin: `http://${HOST}:${actual}`,
    serve(given) {
      app = given
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function portProblem(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new SetupError(`port ${port} is in use by another program; set PORT to another one, e.g. PORT=${port + 1}`)
  }
  if (error.code === 'EACCES') return new SetupError(`port ${port} needs more rights; set PORT to one above 1023`)
  return error
}
