import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { CredentialSource } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'

export async function connectMcp(url: URL, credential: CredentialSource): Promise<Client> {
  const client = new Client({ name: 'harbour-office', version: '1.0.0' })
  // No `authProvider`: with one, the transport sets Authorization itself.
  await client.connect(new StreamableHTTPClientTransport(url, { fetch: withCredential(fetch, credential) }))
  return client
}
