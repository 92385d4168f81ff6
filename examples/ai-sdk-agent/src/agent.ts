import { createMCPClient } from '@ai-sdk/mcp'
import { withCredential } from '@valetkey/fetch'
import { type McpCredentialOptions, mcpCredential, withSignIn } from '@valetkey/mcp'
import { generateText, type LanguageModel, stepCountIs } from 'ai'

export interface Agent {
  /** The model's answer, made with the tools of the MCP server in at most ten steps. */
  ask(prompt: string): Promise<string>
  close(): Promise<void>
}

/** @param signIn shows the user the page, and resolves to the URL that the user comes back with */
export function createAgent(
  model: LanguageModel,
  options: McpCredentialOptions,
  signIn: (page: URL) => Promise<string>,
): Agent {
  const credential = mcpCredential(options)
  const whenNeeded = withSignIn(credential, { signIn })

  async function ask(prompt: string): Promise<string> {
    const transport = { type: 'http', url: options.serverUrl, fetch: withCredential(fetch, credential) } as const
    const server = await createMCPClient({ transport })
    try {
      const { text } = await generateText({ model, prompt, tools: await server.tools(), stopWhen: stepCountIs(10) })
      return text
    } finally {
      await server.close()
    }
  }

  return { ask: (prompt) => whenNeeded(() => ask(prompt)), close: () => credential.close() }
}
