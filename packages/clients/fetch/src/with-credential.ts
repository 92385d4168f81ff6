import type { Authorization, Credential, CredentialSource, RequestOptions, ResponseView } from '@valetkey/core'
import type { CarriedNames, Hop, OptionNames, SenderOptions } from '@valetkey/core/kit'
import {
  createSender,
  discardBody,
  hasParameter,
  INNER_FETCH,
  isReplayable,
  knownOptions,
  originOf,
  ownMembers,
  type RequestToSend,
  redirectRefused,
  SENDER_OPTIONS,
  withQuery,
} from '@valetkey/core/kit'
import { assertFetch, type FetchLike, type FetchWithCredential, type PlainFetch, type PlainInit } from './fetch-like.ts'
import {
  asInit,
  copyBody,
  isRequest,
  isUnequivocal,
  type KeptBody,
  membersOf,
  requestWithBody,
  takeBody,
} from './request.ts'
import { readJson, showWithout } from './response.ts'

export interface WithCredentialOptions extends SenderOptions {
  /** Whether a refused request is sent again with a renewed credential. @default true */
  readonly replay?: boolean | undefined
}

const OPTIONS: OptionNames<WithCredentialOptions> = { ...SENDER_OPTIONS, replay: true }

/**
 * The same fetch, with the credential on every request to one of its origins, renewed once when the API refuses it.
 * Requests to other origins, and those that the caller authorized itself, go to `fetch` untouched.
 * @throws CredentialError `invalid_option`; requests reject with what the credential throws, and with `redirect_refused` (browsers)
 */
export function withCredential<F extends FetchLike>(
  fetch: F,
  source: CredentialSource,
  options: WithCredentialOptions = {},
): FetchWithCredential<F> {
  assertFetch(fetch)
  const own = knownOptions('@valetkey/fetch', options, OPTIONS)
  // Every fetch is called like the platform's; further arguments are passed through.
  const inner = fetch as unknown as PlainFetch
  const client: Client = {
    inner,
    isOurs: INNER_FETCH in fetch,
    replay: own.replay ?? true,
    // Also in workers, which have no `document`.
    isBrowser: globalThis.navigator?.userAgent?.startsWith('Mozilla/') ?? false,
  }
  const send = createSender(source, own)
  const wrapped: PlainFetch = (input, init) => {
    const exchange = new Exchange(client, input, init)
    const answer = send(exchange)
    return exchange.mayKeepBody ? answer.finally(() => exchange.end()) : answer
  }
  const innermost = INNER_FETCH in fetch ? fetch[INNER_FETCH] : fetch
  Object.defineProperty(Object.assign(wrapped, fetch), INNER_FETCH, { value: innermost })
  return wrapped as unknown as FetchWithCredential<F>
}

/** What all requests of one wrapped fetch share. */
interface Client {
  /** Called without `this`, as browsers and Workers demand. */
  readonly inner: PlainFetch
  /** Whether it adds a credential, too: then it gets the caller's `valetkey` as well. */
  readonly isOurs: boolean
  readonly replay: boolean
  /** Browsers hide redirects. To another origin they remove only Authorization. */
  readonly isBrowser: boolean
}

const NOTHING = { headers: {}, query: {} }

/**
 * One request of a caller. A class without field initializers, since one is made per request: closures would cost more than
 * all the rest.
 */
class Exchange implements RequestToSend<Response> {
  declare readonly url: string
  declare readonly options: RequestOptions | undefined
  declare private readonly client: Client
  declare private readonly input: RequestInfo | URL
  declare private readonly given: PlainInit | undefined
  /** A copy: what the caller changes later, or what answers twice and otherwise, is not sent. */
  declare private readonly own: PlainInit
  /** The body of a `Request`, which can be read once. */
  declare private body: KeptBody | undefined
  /** What was sent last. */
  declare private credential: Credential | undefined
  declare private hop: Hop | undefined
  /** Whether redirects are followed by core. */
  declare private follows: boolean

  constructor(client: Client, input: RequestInfo | URL, init: PlainInit | undefined) {
    const request = isRequest(input) ? input : undefined
    const isPlain = !init || Object.getPrototypeOf(init) === Object.prototype
    const given = isPlain ? init : membersOf(init)
    const own: PlainInit = isPlain && !inherits(PLAIN) ? { ...given } : ownMembers(given ?? {})
    const { valetkey, headers } = own
    const isTakenOut = valetkey !== undefined && !client.isOurs
    if (isTakenOut) delete own.valetkey
    if (headers) own.headers = copyHeaders(headers)
    const url: string | URL = request ? request.url : (input as string | URL)
    this.url = absolute(String(url))
    this.options = valetkey
    this.client = client
    this.input = input
    // An iterator can be read once.
    this.given = isTakenOut || Array.isArray(own.headers) ? own : init
    // As pairs, since a `Headers` is slow to copy and to set.
    if (request?.headers && !headers) own.headers = [...request.headers]
    this.own = own
  }

  get replay(): boolean {
    const { client, options } = this
    return (options && ownMembers(options).replay) ?? client.replay
  }

  get signal(): AbortSignal | null | undefined {
    const { input, own } = this
    return own.signal === undefined && isRequest(input) ? input.signal : own.signal
  }

  get method(): string | undefined {
    return this.own.method ?? (isRequest(this.input) ? this.input.method : undefined)
  }

  get mayKeepBody(): boolean {
    return requestWithBody(this.input, this.own) !== undefined
  }

  get isBodyReplayable(): boolean | Promise<boolean> {
    if (requestWithBody(this.input, this.own)) return this.body?.isWhole ?? false
    return isReplayable(this.own.body)
  }

  alreadyAuthorized({ headers: names, query }: CarriedNames): boolean {
    const { headers } = this.own
    if (query.length > 0 && hasParameter(this.url, query)) return true
    if (headers instanceof Headers) return names.some((name) => headers.has(name))
    if (Array.isArray(headers)) return headers.some(([name]) => names.includes(String(name).toLowerCase()))
    for (const name in headers) if (isOneOf(names, name)) return true
    return false
  }

  send(authorization?: Authorization, credential?: Credential, hop?: Hop): Promise<Response> {
    const { client, input, given, own } = this
    const { inner } = client
    if (!credential) return given === undefined ? inner(input) : inner(input, given)
    const { headers, query } = credential.carries
    const redirect = own.redirect ?? (isRequest(input) ? input.redirect : 'follow')
    this.credential = credential
    this.hop = hop
    this.follows = redirect === 'follow' && !(client.isBrowser && isOnlyAuthorization(headers, query))
    const ownHeaders = hop ? withoutHeaders(own.headers, hop.droppedHeaders) : own.headers
    const init: RequestInit = { ...own, headers: withHeaders(ownHeaders, authorization?.headers ?? NOTHING.headers) }
    // Said again: a `Request` may show another one than it has.
    if (this.follows || redirect !== 'follow') init.redirect = this.follows ? 'manual' : redirect
    if (hop || query.length > 0) return this.sendElsewhere(authorization ?? NOTHING, init, hop)
    return isRequest(input) ? this.sendRequest(input, init) : inner(this.url, init)
  }

  location(response: Response): string | null | undefined {
    if (!this.follows) return undefined
    if (response.status === 0) return response.type === 'opaqueredirect' ? null : undefined
    return response.headers?.get('location') ?? undefined
  }

  /** As fetch does. */
  failRedirect(reason: string): void {
    throw new TypeError('fetch failed', { cause: new Error(reason) })
  }

  reached(response: Response): 'unknown' | undefined {
    return (response.redirected ?? isElsewhere(response.url, this.url)) ? 'unknown' : undefined
  }

  view(response: Response): FetchResponseView {
    const { credential, follows, hop } = this
    // A fetch that follows redirects in spite of `redirect: 'manual'` sends all headers except `Authorization` on.
    const isOther =
      credential && follows && !hop && !isOnlyAuthorization(credential.carries.headers, credential.carries.query)
    // React Native follows redirects, and does not report it.
    if (isOther && (response.redirected ?? response.url)) checkDestination(response, credential)
    return new FetchResponseView(response)
  }

  discard({ body }: Response): Promise<void> {
    return discardBody(body)
  }

  end(): void {
    this.body?.giveUp()
  }

  private sendRequest(request: Request, init: RequestInit): Promise<Response> {
    const { client, own, body } = this
    const { inner } = client
    if (!isUnequivocal(request)) return this.sendElsewhere(NOTHING, init)
    if (body) return inner(request, { ...init, body: body.content })
    if (this.replay && requestWithBody(request, own)) this.body = copyBody(request)
    return inner(request, init)
  }

  /** The URL of a `Request` cannot be changed, nor trusted where it has another than it shows. */
  private async sendElsewhere(
    { query }: Pick<Authorization, 'query'>,
    init: RequestInit,
    hop?: Hop,
  ): Promise<Response> {
    const { client, input, url } = this
    const { inner, isBrowser } = client
    const sent = isRequest(input) ? asInit(input, init) : init
    const request = requestWithBody(input, this.own)
    if (hop) Object.assign(sent, { method: hop.method })
    if (hop?.hasBody === false) sent.body = null
    else if (request) {
      this.body ??= await takeBody(request, isBrowser)
      sent.body = this.body.content
    }
    const response = await inner(withQuery(hop?.url ?? url.trim(), query), sent)
    return showWithout(query, response, hop !== undefined || response.redirected)
  }
}

function checkDestination(response: Response, credential: Credential): void {
  if (response.url !== '' && !credential.covers(originOf(response.url) ?? '')) throw redirectRefused(credential)
}

/** Where an answer names no more than the URL that it came from (React Native). */
function isElsewhere(reached: string | undefined, url: string): boolean {
  return Boolean(reached) && reached !== new URL(url).href.split('#', 1)[0]
}

/** Headers of another length than all of these are not even lower-cased. */
function isOneOf(names: readonly string[], header: string): boolean {
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index]
    if (name?.length === header.length && name === header.toLowerCase()) return true
  }
  return false
}

function isOnlyAuthorization(headers: readonly string[], query: readonly string[]): boolean {
  return query.length === 0 && headers.length === 1 && headers[0] === 'authorization'
}

/** The absolute URL, if there is one. */
function absolute(url: string): string {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  if (base === undefined || url.startsWith('https://') || url.startsWith('http://')) return url
  try {
    return new URL(url, base).href
  } catch {
    return url
  }
}

const PLAIN = {}

/** Whether the prototype has a property that would be read as a member of `init`. It must not become an option. */
function inherits(plain: object): boolean {
  return (
    'headers' in plain ||
    'redirect' in plain ||
    'signal' in plain ||
    'valetkey' in plain ||
    'method' in plain ||
    'body' in plain
  )
}

/** A copy of headers in the form that they have; other iterables than arrays may be readable once, and become one. */
function copyHeaders(headers: HeadersInit): HeadersInit {
  // Checked by its methods, since a fetch may have its own `Headers` class.
  if ('append' in headers && typeof headers.append === 'function') return new Headers(headers)
  if (!(Symbol.iterator in headers)) return { ...headers }
  return Array.from(headers as Iterable<[string, string]>, ([name, value]): [string, string] => [name, value])
}

function withHeaders(headers: HeadersInit | undefined, added: Authorization['headers']): HeadersInit {
  if (Array.isArray(headers)) return [...headers, ...Object.entries(added)]
  if (headers instanceof Headers) {
    const copy = new Headers(headers)
    for (const [name, value] of Object.entries(added)) copy.set(name, value)
    return copy
  }
  const copy: Record<string, string> = { ...headers }
  for (const name in added) if (Object.hasOwn(added, name)) copy[name] = added[name] ?? ''
  return copy
}

function withoutHeaders(headers: HeadersInit | undefined, names: readonly string[]): Headers {
  const copy = new Headers(headers)
  for (const name of names) copy.delete(name)
  return copy
}

/** A class, since one is made for every answer: as an object with a getter it would cost more than all the rest. */
export class FetchResponseView implements ResponseView {
  declare readonly status: number
  declare private readonly response: Response

  constructor(response: Response) {
    this.status = response.status
    this.response = response
  }

  get url(): string {
    return this.response.url
  }

  /** Fetches of tests may answer with no more than a status. */
  header(name: string): string | null {
    return this.response.headers?.get(name) ?? null
  }

  json(): Promise<unknown> {
    return readJson(this.response).catch(() => undefined)
  }
}
