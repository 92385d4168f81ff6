import { join } from 'node:path'
import { TestMcpServer } from '@valetkey-app/test-support/mcp-server'

const LOGIN = 'https://login.mcp.example.com'

/** A program that stands in for a browser: the person consents. */
export const BROWSER: string = join(import.meta.dirname, 'browser.mjs')

/** What a README's example finds in the environment, and where its requests go. */
export async function startExample(): Promise<{
  readonly environment: Readonly<Record<string, string>>
  readonly routes: Readonly<Record<string, string>>
  close(): Promise<void>
}> {
  const publicUrl = 'https://mcp.example.com/mcp'
  const server = await TestMcpServer.start({
    publicUrl,
    resource: { authorization_servers: [LOGIN] },
    metadata: {
      issuer: LOGIN,
      authorization_endpoint: `${LOGIN}/authorize`,
      token_endpoint: `${LOGIN}/token`,
      registration_endpoint: `${LOGIN}/register`,
    },
  })
  const { issuer } = server.authorization
  return {
    environment: { BROWSER, EXAMPLE_LOGIN: issuer },
    routes: { 'https://mcp.example.com': new URL(server.url).origin, [LOGIN]: issuer },
    close: async () => server.close(),
  }
}
