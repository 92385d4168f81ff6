import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { listenOnLoopback } from './listen.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A server on a loopback port. What `answer` rejects with breaks the connection. */
export async function listen(answer: Answer): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  return { server, origin: `http://127.0.0.1:${await listenOnLoopback(server)}` }
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks).toString()
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
