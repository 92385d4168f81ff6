import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import type { TokenCredential, TokenStore } from '@valetkey/core'
import { memoryStore } from '@valetkey/core'
import type { VirtualClock } from '@valetkey/testing'
import { virtualClock } from '@valetkey/testing'
import { onTestFinished } from 'vitest'
import type { PlannedAnswer, TokenServer } from './token-server.ts'
import { sendAnswer, startTokenServer } from './token-server.ts'

/** A token request as a vendor judges it. */
export interface Asked {
  readonly form: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly url: URL
  /** `token-1`, `token-2`, … of this request; the API takes it once it was given. */
  readonly token: string
}

/** A vendor's token endpoint, which gives what `judge` says, and its API, which takes the tokens given until they are revoked. */
export interface ServiceVendor {
  readonly server: TokenServer
  readonly clock: VirtualClock
  readonly store: TokenStore
  /** What every grant here needs. */
  readonly options: {
    readonly vendor: string
    readonly origins: readonly string[]
    readonly tokenUrl: string
    readonly allowInsecureRequests: true
    readonly clock: VirtualClock
    readonly store: TokenStore
  }
  readonly asked: readonly Asked[]
  /** The same store, as another process has it. */
  elsewhere(): TokenStore
  /** One call of the API, renewed once when it is refused. @returns its status and what it was called with */
  call(credential: TokenCredential): Promise<string>
  revokeAll(): void
}

export async function startServiceVendor(
  judge: (asked: Asked) => PlannedAnswer | Promise<PlannedAnswer>,
): Promise<ServiceVendor> {
  const asked: Asked[] = []
  const valid = new Set<string>()
  const answerRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', 'http://vendor.example')
    if (url.pathname !== '/oauth/token') {
      const isValid = valid.has((request.headers.authorization ?? '').replace('Bearer ', ''))
      return sendAnswer(response, { status: isValid ? 200 : 401, body: {} })
    }
    const form = new URLSearchParams(server.requests.at(-1)?.body)
    const one = { form, headers: request.headers, url, token: `token-${asked.length + 1}` }
    asked.push(one)
    const answer = await judge(one)
    if ((answer.status ?? 200) === 200) valid.add(one.token)
    sendAnswer(response, answer)
  }
  const server = await startTokenServer((request, response) => void answerRequest(request, response))
  onTestFinished(() => server[Symbol.asyncDispose]())
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const { origin, tokenUrl } = server
  const options = { vendor: 'acme', origins: [origin], tokenUrl, allowInsecureRequests: true, clock, store } as const
  return {
    server,
    clock,
    store,
    options,
    asked,
    elsewhere: () => ({ ...store }),
    revokeAll: () => valid.clear(),
    async call(credential) {
      const sent = { url: `${origin}/v1/boats`, method: 'GET' }
      const authorization = await credential.authorization()
      const first = await fetch(sent.url, { headers: authorization.headers })
      if (first.status !== 401) return `${first.status} ${authorization.headers.authorization}`
      const renewed = await clock.runUntil(credential.renew(authorization, { sent }), 2_000)
      if (!renewed) return `${first.status} ${authorization.headers.authorization}`
      const second = await fetch(sent.url, { headers: renewed.headers })
      return `${second.status} ${renewed.headers.authorization}`
    },
  }
}

export function inspectAll(value: unknown): string {
  return inspect(value, { depth: 9, showHidden: true, customInspect: false })
}
