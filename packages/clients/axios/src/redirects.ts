import type { Authorization, Credential } from '@valetkey/core'
import { CredentialError, originOf } from '@valetkey/core'
import type { AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { isReplayable } from './body.ts'
import { parseUrl, withoutQuery, withQuery } from './query.ts'

type Config = InternalAxiosRequestConfig
type BeforeRedirect = NonNullable<Config['beforeRedirect']>

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** What fetch drops together with the body (fetch standard, HTTP-redirect fetch). */
const BODY_HEADERS = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type']

/** What fetch drops on the way to another origin. */
const ORIGIN_HEADERS = ['authorization', 'cookie', 'host', 'proxy-authorization']

/** One request of a chain of redirects, without the credential. */
export interface Hop {
  readonly config: Config
  readonly url: string
  readonly isCovered: boolean
}

/** A request as follow-redirects tells it: `url` of the one that was redirected, the rest of the one to come. */
interface Redirected {
  headers?: Record<string, string>
  path?: string
  href?: string
  url?: string
}

/** The adapter `http` follows redirects: the credential goes along to its own origins, and the caller's hook sees none of it. */
export function guardRedirects(config: Config, credential: Credential, authorization: Authorization): BeforeRedirect {
  const { headers, query } = authorization
  return (options: Redirected, response, request) => {
    const told: readonly (Redirected | undefined)[] = [options, request]
    for (const { headers: sent = {} } of told.filter((it) => it !== undefined))
      for (const name of Object.keys(sent)) if (name.toLowerCase() in headers) delete sent[name]
    options.path = withoutQuery(options.path ?? '', query)
    if (request) request.url = withoutQuery(request.url, query)
    config.beforeRedirect?.(options, response, request)
    if (!credential.covers(originOf(options.href ?? '') ?? '')) return
    options.headers = { ...headers, ...options.headers }
    options.path = withQuery(options.path, query)
  }
}

/** The adapter `fetch` leaves redirects to us, unless the caller wants otherwise or a browser does them right itself. */
export function isLeftToUs({ fetchOptions }: Config, { carries: { headers, query } }: Credential): boolean {
  const isBrowser = globalThis.navigator?.userAgent?.startsWith('Mozilla/') ?? false
  const isStripped = query.length === 0 && headers.every((name) => name === 'authorization')
  return (fetchOptions?.redirect ?? 'follow') === 'follow' && !(isBrowser && isStripped)
}

/**
 * The request that a redirect asks for (fetch standard, HTTP-redirect fetch), if it was left to us and can be sent.
 * @throws CredentialError `redirect_refused` where the platform does not show where it leads (browsers)
 */
export function nextHop(
  hop: Hop,
  response: AxiosResponse,
  credential: Credential,
  all: Authorization,
): Hop | undefined {
  const { config, url } = hop
  const { status, headers } = response
  if (!isManual(response) || !isLeftToUs(config, credential)) return undefined
  if (status === 0) throw redirectRefused(credential)
  const target = REDIRECTS.has(status) ? targetOf(headerOf(headers, 'location'), url) : undefined
  if (target === undefined) return undefined
  const { method = 'get' } = config
  const becomesGet = status === 303 ? method !== 'get' && method !== 'head' : status < 303 && method === 'post'
  if (!becomesGet && !isReplayable(config.data)) return undefined
  const isSameOrigin = originOf(target) === originOf(url)
  const next = { ...config, url: withoutQuery(target, all.query), headers: config.headers.concat({}) }
  next.headers.delete([...(becomesGet ? BODY_HEADERS : []), ...(isSameOrigin ? [] : ORIGIN_HEADERS)])
  Object.assign(next, { baseURL: undefined, params: undefined }, becomesGet && { method: 'get', data: undefined })
  if (!isSameOrigin) delete next.auth
  return { config: next, url: next.url, isCovered: credential.covers(originOf(target) ?? '') }
}

/** The adapter `fetch` shows its `Request`, or `false` where `env.Request` is null. */
function isManual({ request }: { readonly request?: { readonly redirect?: string } | false }): boolean {
  return request === false || request?.redirect === 'manual'
}

/** Headers are read as one character per byte; servers that put other characters into a URL mean UTF-8. */
function targetOf(location: string | null, base: string): string | undefined {
  const bytes = Uint8Array.from(location ?? '', (character) => character.charCodeAt(0))
  const target = location === null ? undefined : parseUrl(new TextDecoder().decode(bytes), base)?.href
  return target && originOf(target) && target
}

function redirectRefused({ vendor, account }: Credential): CredentialError<'redirect_refused'> {
  const message = `[${vendor}] the API redirects to where its key must not go, and this fetch follows by itself`
  return new CredentialError('redirect_refused', message, { vendor, account })
}

/** Adapters of others give any object. */
export function headerOf(headers: object | undefined, name: string): string | null {
  const found = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)
  return found ? String(found[1]) : null
}
