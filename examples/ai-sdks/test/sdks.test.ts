import Anthropic from '@anthropic-ai/sdk'
import type { Clock, Credential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import * as m2m from '@valetkey/m2m'
import { virtualClock } from '@valetkey/testing'
import { type M2mSimulator, simulators } from '@valetkey/testing/simulators'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import { createAnthropic } from '../src/anthropic.ts'
import { connectMcp } from '../src/mcp.ts'
import { createOpenAI } from '../src/openai.ts'
import { type Gateway, startGateway } from './support/gateway.ts'

const CLIENT = { clientId: 'harbour-office', clientSecret: 'example-secret' }
const MODEL = 'example-model'

/** By then all servers of an API know a token. */
const KNOWN_MS = 3_000

const messages = [{ role: 'user' as const, content: 'Hello' }]

/** How a program asks each of them for something, at whatever host; what it hears; and where the request goes. */
const SDKS = [
  {
    name: 'OpenAI',
    path: '/v1/chat/completions',
    hears: 'Ahoy!',
    async ask(credential: Credential, url: string) {
      const completion = await createOpenAI(`${url}/v1`, credential).chat.completions.create({ model: MODEL, messages })
      return completion.choices[0]?.message.content
    },
  },
  {
    name: 'Anthropic',
    path: '/v1/messages',
    hears: 'Ahoy!',
    async ask(credential: Credential, url: string) {
      const { content } = await createAnthropic(url, credential).messages.create({
        model: MODEL,
        max_tokens: 9,
        messages,
      })
      return content[0]?.type === 'text' ? content[0].text : undefined
    },
  },
  {
    name: 'MCP',
    path: '/mcp',
    hears: 'High at 06:12.',
    async ask(credential: Credential, url: string) {
      const client = await connectMcp(new URL(`${url}/mcp`), credential)
      const { content } = await client.callTool({ name: 'tide' })
      await client.close()
      return content[0]?.type === 'text' ? content[0].text : undefined
    },
  },
]

describe.each(SDKS)('the SDK of $name', ({ path, hears, ask }) => {
  test('sends the token of valetkey', async () => {
    await using tokens = await simulators.m2m(CLIENT)
    await using gateway = await startGateway(tokens)
    const credential = credentialFor(gateway, tokens)
    expect(await ask(credential, gateway.url)).toBe(hears)
    const { accessToken } = await credential.getToken()
    expect(gateway.requests[0]).toMatchObject({ line: `POST ${path} 200`, authorization: `Bearer ${accessToken}` })
  })

  test('has a request whose token is refused sent again as it was, after one refresh', async () => {
    const clock = virtualClock()
    await using tokens = await simulators.m2m({ ...CLIENT, clock })
    await using gateway = await startGateway(tokens)
    const credential = credentialFor(gateway, tokens, clock)
    await credential.getToken()
    await clock.advance(KNOWN_MS)
    tokens.revokeAll()
    expect(await ask(credential, gateway.url)).toBe(hears)
    const [refused, again] = gateway.requests
    expect([refused?.line, again?.line]).toEqual([`POST ${path} 401`, `POST ${path} 200`])
    expect(again?.body).toBe(refused?.body)
    expect(tokens.tokenCalls()).toBe(2)
  })

  test('sends another host nothing', async () => {
    await using tokens = await simulators.m2m(CLIENT)
    await using gateway = await startGateway(tokens)
    await using other = await startGateway(tokens)
    await expect(ask(credentialFor(gateway, tokens), other.url)).rejects.toMatchObject({ status: 401 })
    expect(other.requests[0]).toMatchObject({ line: `POST ${path} 401`, authorization: undefined })
    expect(tokens.tokenCalls()).toBe(0)
  })
})

describe('a key that the SDK sets itself is the program’s: it goes out as it is, and its 401 renews nothing', () => {
  test.each([
    [
      'OpenAI',
      (url: string, fetch_: typeof fetch) => new OpenAI({ apiKey: 'own', baseURL: url, fetch: fetch_ }).models.list(),
    ],
    [
      'Anthropic',
      (url: string, fetch_: typeof fetch) =>
        new Anthropic({ apiKey: 'own', baseURL: url, fetch: fetch_ }).models.list(),
    ],
  ])('%s', async (_, list) => {
    await using tokens = await simulators.m2m(CLIENT)
    await using gateway = await startGateway(tokens)
    const ownKey = list(gateway.url, withCredential(fetch, credentialFor(gateway, tokens)))
    await expect(ownKey).rejects.toMatchObject({ status: 401 })
    expect(gateway.requests.map(({ authorization }) => authorization)).toEqual(['Bearer own'])
    expect(tokens.tokenCalls()).toBe(0)
  })
})

function credentialFor({ url }: Gateway, { options }: M2mSimulator, clock?: Clock) {
  return m2m.clientCredentials({ ...options, baseUrl: url, clock })
}
