import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { TokenSet } from '@valetkey/core'
import { epochMs } from '../epoch.ts'
import { portOf } from '../port.ts'
import type { Treatment } from './faulty-answers.ts'
import type { Presentation } from './presentation.ts'
import { createTokenFamilies, serialIn, type TokenPair, type VendorRule } from './token-families.ts'

export interface VendorOptions {
  readonly lifetimeSeconds: number
  /** Asked for each request to the token endpoint. */
  treatment(): Treatment
}

/** A token endpoint with rotating refresh tokens, and an API that looks at every access token. */
export interface Vendor {
  readonly origin: string
  readonly lifetimeSeconds: number
  /** All requests to the token endpoint, oldest first. */
  readonly presentations: readonly Presentation[]
  /** Requests that the API refused. */
  refusals(): number
  signIn(account: string, rule: VendorRule): TokenSet
  /** Resolves with the next request to the token endpoint, as it arrives. @throws when `signal` aborts */
  nextPresentation(signal: AbortSignal): Promise<Presentation>
  stop(): Promise<void>
}

export async function startVendor({ lifetimeSeconds, treatment }: VendorOptions): Promise<Vendor> {
  const families = createTokenFamilies()
  const arrivals = new EventEmitter<{ arrival: [Presentation] }>()
  const presentations: Presentation[] = []
  let refusals = 0

  const deliver = (pair: TokenPair): TokenSet => {
    families.activate(pair, epochMs() + lifetimeSeconds * 1000)
    return { accessToken: pair.accessToken, refreshToken: pair.refreshToken, expiresIn: lifetimeSeconds }
  }

  const arrived = (request: IncomingMessage, refreshToken: string): Presentation => {
    const serial = serialIn(refreshToken)
    const family = families.familyOf(refreshToken)
    if (serial === undefined || family === undefined) throw new Error('a refresh token that was never issued')
    const worker = String(request.headers['x-worker'])
    const presentation: Presentation = { worker, serial, family, at: epochMs(), verdict: 'pending', answer: 'pending' }
    presentations.push(presentation)
    arrivals.emit('arrival', presentation)
    return presentation
  }

  const answerToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refreshToken = new URLSearchParams(await text(request)).get('refresh_token') ?? ''
    const presentation = arrived(request, refreshToken)
    const { refusal, beforeMs, afterMs, loss } = treatment()
    await pause(beforeMs)
    if (refusal !== undefined) {
      presentation.verdict = 'not judged'
      return reply(response, presentation, refusal, { error: 'temporarily_unavailable' })
    }
    const verdict = families.present(refreshToken, epochMs())
    presentation.verdict = verdict.type
    if (verdict.type !== 'rotated' && verdict.type !== 'repeated') {
      return reply(response, presentation, 400, { error: 'invalid_grant' })
    }
    presentation.child = verdict.pair.serial
    await pause(afterMs)
    if (loss === undefined) return reply(response, presentation, 200, deliver(verdict.pair))
    answered(presentation, 'withheld')
    if (loss === 'drop') response.destroy()
    else response.writeHead(loss).end()
  }

  const answerApi = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume()
    const [, accessToken = ''] = (request.headers.authorization ?? '').split('Bearer ')
    const isAccepted = families.accepts(accessToken, epochMs())
    if (!isAccepted) refusals += 1
    response.writeHead(isAccepted ? 204 : 401).end()
  }

  const server = createServer((request, response) => {
    if (request.url === '/token') void answerToken(request, response).catch((error) => server.emit('error', error))
    else answerApi(request, response)
  })
  // A process that was stopped for long must find its connections open: the API is not what is being tried.
  server.keepAliveTimeout = 0
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    lifetimeSeconds,
    presentations,
    refusals: () => refusals,
    signIn: (account, rule) => deliver(families.begin(account, rule)),
    async nextPresentation(signal) {
      const [presentation] = await once(arrivals, 'arrival', { signal })
      return presentation
    },
    async stop() {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

function reply(response: ServerResponse, presentation: Presentation, status: number, body: object): void {
  answered(presentation, response.destroyed ? 'unheard' : 'sent')
  const retryAfter = status === 429 ? { 'retry-after': '1' } : {}
  response.writeHead(status, { 'content-type': 'application/json', ...retryAfter }).end(JSON.stringify(body))
}

function answered(presentation: Presentation, answer: Presentation['answer']): void {
  presentation.answer = answer
  presentation.answeredAt = epochMs()
}
