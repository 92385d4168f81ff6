import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { McpServer as OlderMcpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { McpServer } from '@modelcontextprotocol/server'
import { bodyOf, listen, sendJson } from './json-server.ts'
import { AuthorizationServer, type AuthorizationServerOptions } from './mcp-authorization-server.ts'

export interface McpServerOptions extends AuthorizationServerOptions {
  /** Members of the protected resource metadata that replace the usual ones. `false`: there is no metadata. */
  readonly resource?: Readonly<Record<string, unknown>> | false
  /** Where its metadata are, other than the well-known place. */
  readonly resourcePath?: string
  /** What the world knows it by, where that is not its port. */
  readonly publicUrl?: string
  /** Scopes that its 401 names. */
  readonly challengeScope?: string
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/**
 * An MCP server of the SDK at `/mcp` (Streamable HTTP) and `/sse`, behind the tokens of an authorization server on another
 * port. Its tool `boats` needs a token, `admin` also the scope of that name.
 */
export class TestMcpServer {
  readonly url: string
  readonly sseUrl: string
  readonly authorization: AuthorizationServer
  /** Of requests to `/mcp` and `/sse`: `POST 200`. */
  readonly requests: string[] = []
  /** Paths of requests elsewhere. */
  readonly lookups: string[] = []
  readonly #server: Server
  readonly #options: McpServerOptions
  // oxlint-disable-next-line typescript/no-deprecated -- servers that speak it are still there
  readonly #streams = new Map<string, SSEServerTransport>()

  private constructor(server: Server, origin: string, authorization: AuthorizationServer, options: McpServerOptions) {
    this.#server = server
    this.#options = options
    this.authorization = authorization
    this.url = `${origin}/mcp`
    this.sseUrl = `${origin}/sse`
  }

  static async start(options: McpServerOptions = {}): Promise<TestMcpServer> {
    const authorization = await AuthorizationServer.start(options)
    const { server, origin } = await listen((request, response) => started.#answer(request, response))
    const started = new TestMcpServer(server, origin, authorization, options)
    return started
  }

  close(): void {
    this.authorization.close()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url)
    const isSse = pathname === '/sse' || pathname === '/messages'
    if (pathname !== '/mcp' && !isSse) {
      this.lookups.push(pathname)
      return this.#describe(pathname, response)
    }
    response.once('finish', () => this.requests.push(`${request.method} ${response.statusCode}`))
    const body = request.method === 'POST' ? (JSON.parse(await bodyOf(request)) as Message) : undefined
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    const resource = isSse ? this.sseUrl : (this.#options.publicUrl ?? this.url)
    const scopes = token === undefined ? undefined : this.authorization.scopesOf(token, resource)
    const scope = this.#options.challengeScope
    if (!scopes) return this.#refuse(response, 401, { resource, scope, error: token && 'invalid_token' })
    if (body?.params?.name === 'admin' && !scopes.includes('admin'))
      return this.#refuse(response, 403, { resource, scope: 'admin', error: 'insufficient_scope' })
    if (pathname === '/sse') return this.#openStream(response)
    if (pathname === '/messages') {
      await this.#streams.get(searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response, body)
      return
    }
    if (request.method !== 'POST') return void response.writeHead(405).end()
    const server = new McpServer({ name: 'boats', version: '1.0.0' })
    for (const name of ['boats', 'admin'])
      server.registerTool(name, {}, async () => ({ content: [{ type: 'text', text: name }] }))
    const transport = new NodeStreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    await server.connect(transport)
    await transport.handleRequest(request, response, body)
  }

  #describe(pathname: string, response: ServerResponse): void {
    const { resource = {}, resourcePath } = this.#options
    const places = resourcePath === undefined ? [`${WELL_KNOWN}/mcp`, `${WELL_KNOWN}/sse`] : [resourcePath]
    if (resource === false || !places.includes(pathname)) return sendJson(response, 404, { error: 'not_found' })
    sendJson(response, 200, {
      resource: pathname.endsWith('/sse') ? this.sseUrl : (this.#options.publicUrl ?? this.url),
      authorization_servers: [this.authorization.issuer],
      ...resource,
    })
  }

  #refuse(response: ServerResponse, status: number, challenge: Challenge): void {
    const { error, scope } = challenge
    const place = this.#options.resourcePath ?? WELL_KNOWN + new URL(challenge.resource).pathname
    const metadata = this.#options.resource === false ? undefined : new URL(place, this.url).href
    const parameters = Object.entries({ error, scope, resource_metadata: metadata })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}="${value}"`)
    sendJson(response, status, { error }, { 'www-authenticate': `Bearer ${parameters.join(', ')}` })
  }

  /** The older transport, which the SDK's second version serves no more. */
  async #openStream(response: ServerResponse): Promise<void> {
    const server = new OlderMcpServer({ name: 'boats', version: '1.0.0' })
    server.registerTool('boats', {}, () => ({ content: [{ type: 'text', text: 'boats' }] }))
    // oxlint-disable-next-line typescript/no-deprecated -- servers that speak it are still there
    const transport = new SSEServerTransport('/messages', response)
    this.#streams.set(transport.sessionId, transport)
    await server.connect(transport)
  }
}

interface Challenge {
  readonly resource: string
  readonly scope: string | undefined
  readonly error: string | undefined
}

interface Message {
  readonly params?: { readonly name?: string }
}
