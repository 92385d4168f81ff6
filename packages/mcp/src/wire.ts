import {
  CredentialError,
  innermostFetch,
  isSecureEnough,
  onAbort,
  originOf,
  readStart,
  within,
} from '@valetkey/core/kit'
import type { McpSettings } from './options.ts'

/** Discovery and registration take at most six requests, and the user waits for them. */
const LIMIT_MS = 60_000

/** Metadata has a few kB; this limits what a broken or hostile server can make the program hold, after decompression. */
const MAX_ANSWER_BYTES = 1024 * 1024

/** The servers do not state when to try again. */
const RETRY_MS = 1_000

/** Requests before there is a client: metadata and registration. They have one time limit, and follow no redirect. */
export interface Wire {
  /** @throws CredentialError `token_unavailable`: no answer, a redirect, an answer above 1 MiB */
  request(url: URL, init?: RequestInit): Promise<Answer>
  /** For what may succeed later. */
  unavailable(problem: string): CredentialError<'token_unavailable'>
  /** For what only a user or an operator can fix. */
  rejected(problem: string, status?: number): CredentialError<'client_rejected'>
  /** An https URL, or an http one that `allowInsecureRequests` permits; without user name and password. */
  parseUrl(value: unknown): URL | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The members of the JSON object; none if it is not an object. */
  readonly body: Readonly<Record<string, unknown>>
}

/** @throws CredentialError `timeout` after 60 s, and what `work` rejects with */
export async function withWire<T>(settings: McpSettings, work: (wire: Wire) => Promise<T>): Promise<T> {
  const { clock, vendor } = settings
  const limit = new AbortController()
  const working = work(createWire(settings, limit.signal))
  return within(clock, LIMIT_MS, working, () => {
    limit.abort()
    throw new CredentialError('timeout', `${vendor}: the servers gave no answer within ${LIMIT_MS / 1000} s`, {
      vendor,
    })
  })
}

function createWire({ vendor, clock, allowInsecureRequests, fetch: given }: McpSettings, signal: AbortSignal): Wire {
  const wire: Wire = {
    async request(url, init) {
      const fetch = innermostFetch(given ?? globalThis.fetch)
      const response = await fetch(url, { ...init, redirect: 'manual', signal }).catch(() => {
        throw wire.unavailable(`no answer from ${url.origin}`)
      })
      const isElsewhere = Boolean(response.url) && originOf(response.url) !== url.origin
      const isRedirect = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)
      if (isRedirect || response.redirected || isElsewhere) {
        response.body?.cancel().catch(() => undefined)
        throw wire.unavailable(`${url.origin} redirects, which is not followed`)
      }
      const { status, headers } = response
      const text = await readText(response, signal).catch(() => undefined)
      if (text === undefined) throw wire.unavailable(`the answer of ${url.origin} broke off, or is larger than 1 MiB`)
      return { status, headers, body: parseObject(text) }
    },
    unavailable(problem) {
      const message = `${vendor}: the sign-in cannot begin now: ${problem}`
      return new CredentialError('token_unavailable', message, { vendor, retryAt: clock.now() + RETRY_MS })
    },
    rejected(problem, status) {
      return new CredentialError('client_rejected', `${vendor}: ${problem}`, { vendor, description: problem, status })
    },
    parseUrl(value) {
      if (typeof value !== 'string' || originOf(value) === undefined) return undefined
      const url = new URL(value)
      return isSecureEnough(url, allowInsecureRequests) ? url : undefined
    },
  }
  return wire
}

/** An event stream has no end, so it is not read. */
async function readText(response: Response, signal: AbortSignal): Promise<string | undefined> {
  const isStream = /^text\/event-stream/i.test(response.headers.get('content-type') ?? '')
  const { body } = response
  if (isStream) body?.cancel().catch(() => undefined)
  if (isStream || body === null) return ''
  // React Native's answers have no `body`.
  if (!('getReader' in Object(body))) return response.text()
  const reader = body.getReader()
  const cancel = () => void reader.cancel().catch(() => undefined)
  const leave = onAbort(signal, cancel)
  try {
    const { chunks, isWhole } = await readStart(reader, MAX_ANSWER_BYTES)
    if (!isWhole) cancel()
    return isWhole ? await new Blob(chunks).text() : undefined
  } finally {
    leave()
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
