import type { Answer } from './gateway.ts'

const TOOL = { name: 'tide', description: 'When the tide is high.', inputSchema: { type: 'object' } }

/** One tool of an MCP server without sessions, over Streamable HTTP with JSON answers. */
export function answerMcp(sent: string): Answer {
  const { id, method, params } = JSON.parse(sent)
  if (id === undefined) return { status: 202 }
  const result = resultOf(method, params)
  const error = { code: -32_601, message: `Method not found: ${method}` }
  return { status: 200, body: { jsonrpc: '2.0', id, ...(result ? { result } : { error }) } }
}

function resultOf(method: string, params: { readonly protocolVersion?: string }): object | undefined {
  if (method === 'tools/list') return { tools: [TOOL] }
  if (method === 'tools/call') return { content: [{ type: 'text', text: 'High at 06:12.' }] }
  if (method !== 'initialize') return undefined
  const serverInfo = { name: 'harbour', version: '1.0.0' }
  return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo }
}
