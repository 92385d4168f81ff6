import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Credential, type CredentialErrorCode, isCredentialError } from '@valetkey/core'
import { originOf } from '@valetkey/core/kit'
import { withCredential } from '@valetkey/fetch'
import { CliError, EXIT } from '../cli-error.ts'
import { headersToAnswer, headersToSend } from './headers.ts'
import { type Refusal, type Target, targetOf } from './target.ts'

/** Sends what programs of this machine ask for, with a credential that they do not see. */
export interface Proxy {
  /** `http://127.0.0.1:<port>/<secret>`. A program that has it can use the credentials while the proxy runs. */
  readonly url: string
  /** Ends what is under way, and frees the port. */
  close(): Promise<void>
}

export interface ProxyParts {
  /** 0: any free one. */
  readonly port: number
  /** The one that is sent to an origin; otherwise why there is none. */
  readonly choose: (origin: string) => Credential | Refusal
  /** Told of each credential that failed. */
  readonly onFailure: (error: unknown) => void
}

const HOST = '127.0.0.1'
/** 32 bytes cannot be guessed. */
const SECRET_BYTES = 32

/** @throws CliError `port_in_use` */
export async function startProxy({ port: wanted, choose, onFailure }: ProxyParts): Promise<Proxy> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const ending = new AbortController()
  const server = createServer()
  // A body may take as long as it takes.
  server.requestTimeout = 0
  const port = await listen(server, wanted)
  const url = `http://${HOST}:${port}/${secret}`

  /** An address that the proxy serves is given as one of the proxy: the caller's next request has the credential too. */
  const locate = (location: string, from: URL, { carries }: Credential): string => {
    if (!URL.canParse(location, from)) return location
    const to = new URL(location, from)
    for (const name of carries.query) to.searchParams.delete(name)
    const isServed = 'covers' in choose(to.origin) && originOf(to.href) !== undefined
    return isServed ? `${url}/${to.protocol.slice(0, -1)}/${to.host}${to.pathname}${to.search}${to.hash}` : to.href
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = targetOf(request, port, secret)
    if ('code' in target) return refuse(response, target)
    const credential = choose(target.origin)
    if ('code' in credential) return refuse(response, credential)
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, ending.signal])
    try {
      const answer = await send(request, target, credential, signal)
      response.writeHead(
        answer.status,
        headersToAnswer(answer, (location) => locate(location, target.url, credential)),
      )
      // What comes slowly, as events do, is not kept back until it fills a packet.
      response.flushHeaders()
      if (answer.body === null) response.end()
      else await pipeline(answer.body, response)
    } catch (error) {
      if (response.headersSent || signal.aborted) return void response.destroy()
      if (isCredentialError(error)) onFailure(error)
      refuse(response, refusalFor(error, target))
    }
  }

  server.on('request', (request, response) => void handle(request, response))
  server.on(
    'upgrade',
    (_request, socket) => void socket.end('HTTP/1.1 501 Not Implemented\r\nconnection: close\r\n\r\n'),
  )
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        ending.abort()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** @throws CredentialError; what fetch throws; CliError `request_refused` for what fetch cannot send */
async function send(
  request: IncomingMessage,
  { url }: Target,
  credential: Credential,
  signal: AbortSignal,
): Promise<Response> {
  const { method = 'GET', headers } = request
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  const address = new URL(url)
  for (const name of credential.carries.query) address.searchParams.delete(name)
  const described = requestOf(address, {
    method,
    headers: headersToSend(request, credential),
    // The program decides itself whether it follows.
    redirect: 'manual',
    signal,
    ...(hasBody && { body: Readable.toWeb(request), duplex: 'half' }),
  })
  return await withCredential(fetch, credential)(described)
}

function requestOf(url: URL, init: object): Request {
  try {
    return new Request(url, init)
  } catch {
    // The platform's own error may quote a header.
    throw new CliError('request_refused', EXIT.usage, 'fetch sends no such request, such as GET with a body')
  }
}

const STATUS_BAD_REQUEST = 400
const STATUS_BAD_GATEWAY = 502
const STATUS_UNAVAILABLE = 503

/** The same request may work later. */
const LATER: readonly CredentialErrorCode[] = ['token_unavailable', 'timeout', 'store_unavailable']

function refusalFor(error: unknown, { origin }: Target): Refusal {
  if (error instanceof CliError) return { status: STATUS_BAD_REQUEST, code: error.code, message: error.message }
  if (isCredentialError(error)) {
    const status = LATER.includes(error.code) ? STATUS_UNAVAILABLE : STATUS_BAD_GATEWAY
    return { status, code: error.code, message: error.message }
  }
  const cause = error instanceof Error ? error.cause : undefined
  const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return { status: STATUS_BAD_GATEWAY, code: 'api_unreachable', message: `${origin} cannot be reached${reason}` }
}

/** Told from an answer of the API by the header `valetkey-error`. The body of the request is not read. */
function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    connection: 'close',
    'valetkey-error': code,
  }
  response.writeHead(status, headers).end(`${JSON.stringify({ error: { code, message } })}\n`)
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = `port ${port} cannot be used (${error.code}); name another one, or 0 for any`
      reject(new CliError('port_in_use', EXIT.failed, message))
    })
    server.listen({ host: HOST, port }, () => resolve((server.address() as AddressInfo).port))
  })
}
