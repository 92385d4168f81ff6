import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { type McpCredential, type McpCredentialOptions, mcpCredential } from '@valetkey/mcp'
import { consent } from '@valetkey-app/test-support/consent'
import { type McpServerOptions, TestMcpServer } from '@valetkey-app/test-support/mcp-server'
import { onTestFinished } from 'vitest'

export const REDIRECT_URI = 'http://127.0.0.1:8412/callback'

/** Servers that close with the test. */
export async function startServers(options?: McpServerOptions): Promise<TestMcpServer> {
  const server = await TestMcpServer.start(options)
  onTestFinished(() => server.close())
  return server
}

export function credentialFor(
  server: Pick<TestMcpServer, 'url'>,
  options: Partial<McpCredentialOptions> = {},
): McpCredential {
  return mcpCredential({
    serverUrl: server.url,
    redirectUri: REDIRECT_URI,
    clientName: 'Boat host',
    allowInsecureRequests: true,
    ...options,
  })
}

export async function signIn(credential: McpCredential, options?: { addScopes?: readonly string[] }): Promise<URL> {
  const { url, signIn: pending } = await credential.beginSignIn(options)
  await credential.completeSignIn(await consent(url), pending)
  return url
}

export type TransportOptions = NonNullable<ConstructorParameters<typeof StreamableHTTPClientTransport>[1]>

/** A client of the SDK, connected, that closes with the test. */
export async function connectClient(url: string, options: TransportOptions): Promise<Client> {
  const client = new Client({ name: 'boat-host', version: '1.0.0' })
  onTestFinished(() => client.close())
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options))
  return client
}

export function call(client: Client, name = 'boats'): Promise<unknown> {
  return client.callTool({ name, arguments: {} }).then(({ content }) => content)
}

export const BOATS = [{ type: 'text', text: 'boats' }]
