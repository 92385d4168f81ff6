import { createInterface } from 'node:readline'
import { fileStore } from '@valetkey/store-file'
import { connectHost } from './host.ts'

const [serverUrl = '', path = '~/.config/mcp-host/sign-ins'] = process.argv.slice(2)
const redirectUri = process.env.MCP_HOST_CALLBACK ?? 'http://127.0.0.1:8412/callback'
const isLocal = /^http:/.test(serverUrl)
const host = await connectHost({
  serverUrl,
  redirectUri,
  clientName: 'Terminal host',
  store: fileStore({ path }),
  allowInsecureRequests: isLocal,
})
console.error('A line is the name of a tool, and its input as JSON.')
for await (const line of createInterface({ input: process.stdin })) {
  const [, tool = '', input = '{}'] = /^(\S+)\s*(\{.*\})?$/.exec(line.trim()) ?? []
  const answer = await host.call(tool, JSON.parse(input)).catch((error: unknown) => ({ error: String(error) }))
  console.log(JSON.stringify(answer))
}
await host.close()
