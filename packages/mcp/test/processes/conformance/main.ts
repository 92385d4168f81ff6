import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { mcpAuth, mcpCredential, withSignIn } from '@valetkey/mcp'
import { consent } from '@valetkey-app/test-support/consent'

/** The client under test of `@modelcontextprotocol/conformance`: it gets the server's URL, and lists and calls the tools there. */
const serverUrl = process.argv.at(-1) ?? ''
const { client_id: clientId, client_secret: clientSecret } = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}')
const configured = clientId === undefined ? undefined : { clientId, clientSecret }
const credential = mcpCredential({
  serverUrl,
  redirectUri: 'http://localhost:3000/callback',
  clientName: 'valetkey',
  ...(configured ?? { clientMetadataUrl: 'https://conformance-test.local/client-metadata.json' }),
  allowInsecureRequests: true,
})
const whenNeeded = withSignIn(credential, { signIn: consent, maxStepUps: 2 })
const connect = async (): Promise<Client> => {
  const client = new Client({ name: 'valetkey', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL(serverUrl), { authProvider: mcpAuth(credential) }))
  return client
}
const client = await whenNeeded(connect)
const { tools } = await whenNeeded(() => client.listTools())
for (const { name } of tools) await whenNeeded(() => client.callTool({ name, arguments: {} }))
await client.close()
