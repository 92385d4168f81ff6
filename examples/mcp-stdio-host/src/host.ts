import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { McpCredentialOptions } from '@valetkey/mcp'
import { mcpAuth, mcpCredential, withSignIn } from '@valetkey/mcp'
import { askInBrowser } from './browser.ts'

export interface Host {
  call(tool: string, input: Record<string, unknown>): Promise<unknown>
  close(): Promise<void>
}

/** Connects to an MCP server; the person is asked when it is needed, here or at a later call. */
export async function connectHost(options: McpCredentialOptions): Promise<Host> {
  const credential = mcpCredential(options)
  const whenNeeded = withSignIn(credential, { signIn: (page) => askInBrowser(page, options.redirectUri) })
  const client = new Client({ name: 'terminal', version: '1.0.0' })
  await whenNeeded(() =>
    client.connect(
      new StreamableHTTPClientTransport(new URL(options.serverUrl), { authProvider: mcpAuth(credential) }),
    ),
  )
  return {
    call: (name, input) => whenNeeded(() => client.callTool({ name, arguments: input })),
    async close() {
      await client.close()
      // What is being refreshed is stored first.
      await credential.close()
    },
  }
}
