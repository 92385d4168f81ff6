import type { Authorization, Credential } from '../credential.ts'
import { CredentialError } from '../errors.ts'
import { originOf } from '../origins.ts'
import { withoutQuery } from './query.ts'

/** As in the fetch standard. */
export const MAX_REDIRECTS = 20

export const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** What fetch drops together with the body. */
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type']

/** What fetch drops on the way to another origin. */
const ORIGIN_HEADERS = ['authorization', 'cookie', 'host', 'proxy-authorization']

/** What a redirect makes of a request. All else is as in the request: its other headers, options, signal, body. */
export interface Hop {
  /** Absolute, without the credential. */
  readonly url: string
  readonly method: string
  /** Whether the body of the request is sent, if it has one. */
  readonly hasBody: boolean
  /** Names of the request's headers, in lower case, that are not sent. */
  readonly droppedHeaders: readonly string[]
}

export function firstHop({ url, method = 'GET' }: { readonly url: string; readonly method?: string | undefined }): Hop {
  return { url, method, hasBody: true, droppedHeaders: [] }
}

/**
 * What a redirect asks for (fetch standard, HTTP-redirect fetch); `undefined` if it has no http(s) URL.
 * @param query what a credential put into the URL, which the API may send back in `location`
 */
export function nextHop(from: Hop, status: number, location: string, query: Authorization['query']): Hop | undefined {
  const target = targetOf(location, from.url)
  const origin = target && originOf(target)
  if (!target || !origin) return undefined
  const method = from.method.toUpperCase()
  const becomesGet = status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST'
  return {
    url: withoutQuery(target, query),
    method: becomesGet ? 'GET' : from.method,
    hasBody: from.hasBody && !becomesGet,
    droppedHeaders: [
      ...from.droppedHeaders,
      ...(becomesGet ? BODY_HEADERS : []),
      ...(origin === originOf(from.url) ? [] : ORIGIN_HEADERS),
    ],
  }
}

/** Headers are read as one character per byte; servers that put other characters into a URL mean UTF-8. */
function targetOf(location: string, base: string): string | undefined {
  const bytes = Uint8Array.from(location, (character) => character.charCodeAt(0))
  try {
    return new URL(new TextDecoder().decode(bytes), base).href
  } catch {
    return undefined
  }
}

/** The platform does not show where a redirect leads (browsers), or has followed it. */
export function redirectRefused({ vendor, account }: Credential): CredentialError<'redirect_refused'> {
  const message = `[${vendor}] the API redirects to an origin that must not get the key, and this fetch follows redirects itself`
  return new CredentialError('redirect_refused', message, { vendor, account })
}
