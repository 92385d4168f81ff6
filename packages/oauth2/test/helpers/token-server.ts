import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  readonly method: string | undefined
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface TokenServer extends AsyncDisposable {
  readonly origin: string
  readonly tokenUrl: string
  readonly requests: ReceivedRequest[]
}

export interface PlannedAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  /** An object is sent as JSON. */
  readonly body?: object | string | Uint8Array
}

export type WriteAnswer = (request: IncomingMessage, response: ServerResponse) => void

/** A loopback token endpoint that gives every request the same answer, or lets `answer` write it. */
export function startTokenServer(answer: PlannedAnswer | WriteAnswer): Promise<TokenServer> {
  const requests: ReceivedRequest[] = []
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readBody(request)
    requests.push({ method: request.method, url: request.url ?? '', headers: request.headers, body })
    if (typeof answer === 'function') answer(request, response)
    else sendAnswer(response, answer)
  }
  const server = createServer((request, response) => void receive(request, response))
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      resolve({ origin, tokenUrl: `${origin}/oauth/token`, requests, [Symbol.asyncDispose]: close })
    })
  })

  function close(): Promise<void> {
    return new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}

export function sendAnswer(response: ServerResponse, { status = 200, headers = {}, body = '' }: PlannedAnswer): void {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(isRaw ? body : JSON.stringify(body))
}
