import { TestMcpServer } from '@valetkey-app/test-support/mcp-server'
import { MockLanguageModelV3 } from 'ai/test'
import { expect, onTestFinished, test } from 'vitest'
import { createAgent } from '../src/agent.ts'

const REDIRECT_URI = 'https://app.example.com/callback'
const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
}

test('a user signs in once, and a token that is revoked between two steps is refreshed', async () => {
  const server = await TestMcpServer.start()
  onTestFinished(() => server.close())
  const model = new MockLanguageModelV3({
    doGenerate: async ({ prompt }) => {
      const answers = prompt.filter(({ role }) => role === 'tool')
      if (answers.length === 1) server.authorization.revokeAccess()
      if (answers.length < 2) return callTool(`call-${answers.length}`)
      return {
        content: [{ type: 'text', text: JSON.stringify(answers.map(({ content }) => content)) }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: USAGE,
        warnings: [],
      }
    },
  })
  const options = { serverUrl: server.url, redirectUri: REDIRECT_URI, allowInsecureRequests: true }
  const agent = createAgent(model, options, agree)
  const text = await agent.ask('Which boats are there?')
  await agent.close()
  expect(text.match(/"text":"boats"/g)).toHaveLength(2)
  expect(text).not.toContain('isError')
  expect(server.authorization.counts).toMatchObject({ registrations: 1, signIns: 1, refreshes: 1 })
})

function callTool(toolCallId: string) {
  return {
    content: [{ type: 'tool-call' as const, toolCallId, toolName: 'boats', input: '{}' }],
    finishReason: { unified: 'tool-calls' as const, raw: 'tool_calls' },
    usage: USAGE,
    warnings: [],
  }
}

/** A user who agrees at the authorization server's page. */
async function agree(page: URL): Promise<string> {
  const answer = await fetch(page, { redirect: 'manual' })
  return answer.headers.get('location') ?? ''
}
