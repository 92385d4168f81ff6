import type { Authorization, Credential } from '@valetkey/core'
import { CredentialError, originOf } from '@valetkey/core'
import { isReplayable } from './body.ts'
import type { PlainFetch } from './fetch-like.ts'
import { withHeaders } from './headers.ts'
import { withoutQuery, withQuery } from './query.ts'
import { parseUrl } from './request.ts'
import { discard, headerOf } from './view.ts'

/** As in the fetch standard. */
const MAX_REDIRECTS = 20

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** What fetch drops together with the body. */
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type']

/** What fetch drops on the way to another origin. */
const ORIGIN_HEADERS = ['authorization', 'cookie', 'host', 'proxy-authorization']

export interface Attempt {
  readonly inner: PlainFetch
  readonly credential: Credential
  readonly authorization: Authorization
  /** A copy of the `Request` with a body that was sent. */
  readonly spare: Request | undefined
}

/** One request of a chain of redirects, without the credential; its `init` asks that fetch does not follow. */
export interface Hop {
  readonly url: string
  readonly init: RequestInit
}

export function isRedirect(response: Response): boolean {
  const { status } = response
  return status > 300 ? REDIRECTS.has(status) : status === 0 && response.type === 'opaqueredirect'
}

/**
 * Follows redirects as fetch does (fetch standard, HTTP-redirect fetch), with the credential on hops to its own origins
 * and on no others.
 * @throws CredentialError `redirect_refused` where the platform does not show where a redirect leads (browsers)
 */
export async function followRedirects(attempt: Attempt, first: Hop, redirect: Response): Promise<Response> {
  let hop: Hop | undefined = first
  let response = redirect
  for (let count = 0; isRedirect(response); count += 1) {
    hop = await nextHop(attempt, hop, response, count)
    if (!hop) break
    response = await sendHop(attempt, hop)
  }
  return response
}

async function nextHop(attempt: Attempt, hop: Hop, response: Response, count: number): Promise<Hop | undefined> {
  const location = headerOf(response, 'location')
  const isOpaque = response.type === 'opaqueredirect'
  if (location === null && !isOpaque) return undefined
  discard(response).catch(() => {})
  if (location === null) throw redirectRefused(attempt.credential)
  if (count === MAX_REDIRECTS) throw networkError('redirect count exceeded')
  const url = targetOf(location, hop.url)
  return {
    url: withoutQuery(url, attempt.authorization.query),
    init: await nextInit(attempt, hop, response.status, url),
  }
}

function targetOf(location: string, base: string): string {
  const url = parseUrl(utf8(location), base)
  if (!url || !/^https?:$/.test(url.protocol)) throw networkError('URL scheme must be a HTTP(S) scheme')
  return url.href
}

/** Headers are read as one character per byte; servers that put other characters into a URL mean UTF-8. */
function utf8(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)))
}

async function nextInit(attempt: Attempt, { url, init }: Hop, status: number, target: string): Promise<RequestInit> {
  const method = init.method?.toUpperCase() ?? 'GET'
  const becomesGet = status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST'
  const body = status === 303 ? null : await bodyAgain(attempt, init.body)
  const isSameOrigin = originOf(url) === originOf(target)
  const dropped = [...(becomesGet ? BODY_HEADERS : []), ...(isSameOrigin ? [] : ORIGIN_HEADERS)]
  const headers = new Headers(init.headers)
  for (const name of dropped) headers.delete(name)
  return { ...init, headers, ...(becomesGet ? { method: 'GET', body: null } : { body }) }
}

async function bodyAgain({ spare }: Attempt, body: RequestInit['body']): Promise<BodyInit | null> {
  if (isReplayable(body)) return body ?? null
  if (spare) return spare.clone().arrayBuffer()
  throw networkError('a body that is a stream cannot be sent again')
}

function sendHop({ inner, credential, authorization }: Attempt, { url, init }: Hop): Promise<Response> {
  const isCovered = credential.covers(originOf(url) ?? '')
  const { headers, query } = isCovered ? authorization : { headers: {}, query: {} }
  return inner(withQuery(url, query), { ...init, headers: withHeaders(init.headers, headers) })
}

export function redirectRefused({ vendor, account }: Credential): CredentialError<'redirect_refused'> {
  const message = `[${vendor}] the API redirects to where its key must not go, and this fetch follows by itself`
  return new CredentialError('redirect_refused', message, { vendor, account })
}

/** What fetch rejects with. */
function networkError(reason: string): TypeError {
  return new TypeError('fetch failed', { cause: new Error(reason) })
}
