import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { Figures } from './figures.ts'
import { renderPage } from './page.ts'
import { SetupError } from './setup-error.ts'

/** Only this machine sees the figures. */
const HOST = '127.0.0.1'

/** The names under which a browser on this machine asks for the page. Any other is a web site that made its own name point here. */
const HOST_NAMES: ReadonlySet<string> = new Set([HOST, 'localhost'])

const REFRESH_SECONDS = 3

export interface DashboardServer {
  readonly url: string
  close(): Promise<void>
}

export function createApp(figures: () => readonly Figures[]): Hono {
  const app = new Hono()
  const contentSecurityPolicy = { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"] }
  app.use(secureHeaders({ contentSecurityPolicy, strictTransportSecurity: false }))
  app.use(async (context, next) => {
    if (!HOST_NAMES.has(new URL(context.req.url).hostname)) return context.text('Unknown host', 421)
    context.header('cache-control', 'no-store')
    return next()
  })
  app.get('/', (context) => {
    const refreshSeconds = context.req.query('refresh') === 'off' ? undefined : REFRESH_SECONDS
    return context.html(renderPage(figures(), { refreshSeconds, at: Date.now() }))
  })
  app.get('/figures.json', (context) => context.json({ at: Date.now(), vendors: figures() }))
  return app
}

/** @throws SetupError if the port is not to be had */
export async function startServer(app: Hono, port: number): Promise<DashboardServer> {
  const listener = getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false })
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portProblem(error, port)))
    server.listen(port, HOST, resolve)
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    url: `http://${HOST}:${actual}`,
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
