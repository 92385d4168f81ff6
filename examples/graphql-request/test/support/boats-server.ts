import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { M2mSimulator } from '@valetkey/testing/simulators'

/** A GraphQL server on a loopback port; its tokens are those of `tokens`. */
export interface BoatsServer extends AsyncDisposable {
  readonly url: string
  readonly origin: string
  /** What each request carried, and its GraphQL query. */
  readonly requests: readonly { readonly authorization: string | undefined; readonly query: string }[]
}

/** @param refusal how it refuses a token */
export async function startBoatsServer(
  tokens: M2mSimulator,
  refusal: 'status 200' | 'status 401',
): Promise<BoatsServer> {
  const requests: BoatsServer['requests'][number][] = []
  const server = createServer((request, response) => void serve(request, response))
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { authorization } = request.headers
    const { query } = JSON.parse(await text(request))
    requests.push({ authorization, query })
    const isGood = await accepts(tokens, authorization)
    const status = isGood || refusal === 'status 200' ? 200 : 401
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isGood ? BOATS : UNAUTHENTICATED))
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const origin = `http://127.0.0.1:${port}`
  return { url: `${origin}/graphql`, origin, requests, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const BOATS = { data: { boats: [{ name: 'Petrel' }, { name: 'Fulmar' }] } }

const UNAUTHENTICATED = {
  data: null,
  errors: [{ message: 'Sign in first', extensions: { code: 'UNAUTHENTICATED' } }],
}

async function accepts({ baseUrl }: M2mSimulator, authorization = ''): Promise<boolean> {
  const { ok } = await fetch(`${baseUrl}/v1/ping`, { headers: { authorization } })
  return ok
}
