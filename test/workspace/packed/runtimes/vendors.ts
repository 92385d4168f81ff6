import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { simulators } from '@valetkey/testing/simulators'

export interface Vendors extends AsyncDisposable {
  /** Of everything: the vendors below `/flume`, `/bluesonde` and `/bluesonde-auth`, what a program tells them below `/tell`, and the page. */
  readonly url: string
}

type Simulators = Awaited<ReturnType<typeof startSimulators>>

const CONTENT_TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Vendors for one run of `end-to-end.mjs`, on one origin so that a page can reach them. @param page folder of `index.html` */
export async function startVendors(page = ''): Promise<Vendors> {
  const vendors = await startSimulators()
  const server = createServer((request, response) => {
    answer(vendors, page, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await Promise.all([server[Symbol.asyncDispose](), vendors.flume.close(), vendors.bluesonde.close()])
    },
  }
}

async function startSimulators() {
  const [flume, bluesonde] = await Promise.all([
    simulators.flume({
      clientId: 'example-client',
      clientSecret: 'example-secret',
      username: 'robin@example.com',
      password: 'example-password',
    }),
    simulators.bluesonde({
      apiKey: 'sk_test_example',
      clientId: 'example-app',
      redirectUris: ['https://app.example.com/callback'],
    }),
  ])
  const origins: Readonly<Record<string, string>> = {
    flume: flume.baseUrl,
    bluesonde: bluesonde.baseUrl,
    'bluesonde-auth': new URL(bluesonde.tokenUrl).origin,
  }
  return { flume, bluesonde, origins }
}

async function answer(vendors: Simulators, page: string, request: IncomingMessage, response: ServerResponse) {
  const url = request.url ?? '/'
  const [, first = '', rest = ''] = /^\/([^/]+)(\/.*)$/.exec(url) ?? []
  const origin = vendors.origins[first]
  if (origin !== undefined) return forward(origin + rest, request, response)
  if (first === 'tell') return response.end(JSON.stringify(told(vendors, rest, await text(request))))
  const file = url === '/' ? 'index.html' : url
  const content = await readFile(join(page, file)).catch(() => undefined)
  if (content === undefined) return response.writeHead(404).end()
  return response.setHeader('content-type', CONTENT_TYPES[extname(file)] ?? '').end(content)
}

/** Without the names that belong to one connection. */
async function forward(url: string, request: IncomingMessage, response: ServerResponse) {
  const { method = 'GET', headers } = request
  const names = ['authorization', 'content-type', 'accept'] as const
  const sent = names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as [string, string]]))
  const body = method === 'GET' ? null : await text(request)
  const answer = await fetch(url, { method, headers: sent, body })
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
  return response.end(await answer.text())
}

function told({ flume, bluesonde, origins }: Simulators, what: string, body: string): unknown {
  if (what === '/token-calls') return flume.requests.flatMap(({ grantType }) => grantType ?? [])
  if (what === '/statuses') return bluesonde.requests.map(({ status }) => status)
  if (what === '/pass-time') return flume.clock.advance(Number(body)) ?? null
  if (what === '/revoke') return flume.revokeAll() ?? null
  if (what === '/allow') return bluesonde.approve(origins['bluesonde-auth'] + body.replace(/^.*?\/bluesonde-auth/, ''))
  throw new Error(`nobody knows ${what}`)
}
