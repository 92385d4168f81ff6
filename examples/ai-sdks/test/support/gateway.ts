import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { M2mSimulator } from '@valetkey/testing/simulators'
import { answerMcp } from './mcp-server.ts'

/** A company's gateway to models and tools on a loopback port; its tokens are those of `tokens`. */
export interface Gateway extends AsyncDisposable {
  readonly url: string
  /** `POST /v1/messages 200` … with what the request carried. */
  readonly requests: readonly GatewayRequest[]
}

export interface GatewayRequest {
  readonly line: string
  readonly authorization: string | undefined
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
}

export async function startGateway(tokens: M2mSimulator): Promise<Gateway> {
  const requests: GatewayRequest[] = []
  const server = createServer((request, response) => void serve(request, response))
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, url, headers } = request
    const { authorization } = headers
    const sent = await text(request)
    const { status, body } = (await accepts(tokens, authorization)) ? answer(request, sent) : UNAUTHORIZED
    requests.push({ line: `${method} ${url} ${status}`, authorization, body: sent })
    response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body))
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

const UNAUTHORIZED: Answer = { status: 401, body: { error: { type: 'authentication_error', message: 'Who are you?' } } }

const CHAT_COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'example-model',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Ahoy!' } }],
}

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'example-model',
  content: [{ type: 'text', text: 'Ahoy!' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
}

function answer({ method, url }: IncomingMessage, sent: string): Answer {
  if (method === 'POST' && url === '/v1/chat/completions') return { status: 200, body: CHAT_COMPLETION }
  if (method === 'POST' && url === '/v1/messages') return { status: 200, body: MESSAGE }
  if (method === 'POST' && url === '/mcp') return answerMcp(sent)
  return { status: 405 }
}

async function accepts({ baseUrl }: M2mSimulator, authorization = ''): Promise<boolean> {
  const { ok } = await fetch(`${baseUrl}/v1/ping`, { headers: { authorization } })
  return ok
}
