import type { Authorization, CarriedNames, Credential, RequestToSend } from '@valetkey/core'
import { originOf } from '@valetkey/core'
import { isReplayable } from './body.ts'
import type { PlainFetch } from './fetch-like.ts'
import { hasHeader, withHeaders, withoutHeaders } from './headers.ts'
import { hasParameter, withQuery } from './query.ts'
import { followRedirects, isRedirect, redirectRefused } from './redirects.ts'
import { asInit, headersOf, isRequest, membersOf, requestWithBody, urlOf } from './request.ts'
import { maskError, showWithout } from './response.ts'
import { discard, FetchResponseView } from './view.ts'

/** What all requests of one wrapped fetch share. */
export interface Client {
  readonly inner: PlainFetch
  readonly replay: boolean
  /** Browsers show no redirect; those that they follow to another origin they strip of Authorization, and of nothing else. */
  readonly isBrowser: boolean
}

/** One request of a caller. A class, since one is made per request and closures would cost more than all the rest. */
export class Exchange implements RequestToSend<Response> {
  readonly url: string
  readonly signal: AbortSignal | null | undefined
  readonly replayable: boolean
  private readonly client: Client
  private input: RequestInfo | URL
  /** The caller's, then a copy of ours: what the caller changes later is not sent. */
  private init: RequestInit | undefined
  private isSent = false
  /** What `init` has of the credential. */
  private applied: Authorization | undefined = undefined
  private credential: Credential | undefined = undefined
  /** Whether redirects are followed by us. */
  private follows = false
  /** Whether a part of the credential goes into the URL. */
  private movesUrl = false
  /** Copy of a `Request` with a body, which can be sent once. */
  private spare: Request | undefined = undefined

  constructor(client: Client, input: RequestInfo | URL, init: RequestInit | undefined) {
    this.url = urlOf(input)
    this.signal = init?.signal === undefined && isRequest(input) ? input.signal : init?.signal
    this.replayable = client.replay && isReplayable(init?.body)
    this.client = client
    this.input = input
    this.init = init
  }

  alreadyAuthorized({ headers, query }: CarriedNames): boolean {
    const { client, input, init } = this
    if (hasHeader(headersOf(input, init), headers) || hasParameter(this.url, query)) return true
    const redirect = init?.redirect ?? (isRequest(input) ? input.redirect : 'follow')
    this.movesUrl = query.length > 0
    this.follows = redirect === 'follow' && !(client.isBrowser && isOnlyAuthorization(headers, query))
    return false
  }

  send(authorization: Authorization | undefined, credential: Credential | undefined): Promise<Response> {
    const { inner } = this.client
    this.isSent = true
    this.credential = credential
    if (!authorization) return this.init === undefined ? inner(this.input) : inner(this.input, this.init)
    if (this.movesUrl) return this.sendWithQuery(authorization)
    return inner(this.nextInput(), this.nextInit(authorization))
  }

  finish(response: Response): Response | Promise<Response> {
    if (this.follows && isRedirect(response)) return this.follow(response)
    if (this.follows && response.redirected) this.checkDestination(response)
    return this.movesUrl && this.applied ? showWithout(this.applied.query, response, response.redirected) : response
  }

  view(response: Response): FetchResponseView {
    return new FetchResponseView(response)
  }

  discard(response: Response): Promise<void> {
    return discard(response)
  }

  /** Copies what the caller may change from now on. */
  keep(): void {
    if (!this.isSent)
      this.init = { ...membersOf(this.init), headers: withHeaders(headersOf(this.input, this.init), {}) }
  }

  /** A copied body holds all that is not read of it. */
  end(): void {
    if (this.spare) discard(this.spare).catch(() => {})
  }

  private nextInput(): RequestInfo {
    if (!isRequest(this.input)) return this.url
    const request = this.spare ?? this.input
    if (this.client.replay && requestWithBody(this.input, this.init)) this.spare = request.clone()
    return request
  }

  private nextInit(authorization: Authorization): RequestInit {
    const members = membersOf(this.init)
    const headers = withHeaders(this.ownHeaders(), authorization.headers)
    this.init = this.follows ? { ...members, headers, redirect: 'manual' } : { ...members, headers }
    this.applied = authorization
    return this.init
  }

  /** The caller's headers, without those of the attempt before. */
  private ownHeaders(): HeadersInit | undefined {
    const headers = headersOf(this.input, this.init)
    return this.applied ? withoutHeaders(headers, this.applied.headers) : headers
  }

  private async sendWithQuery(authorization: Authorization): Promise<Response> {
    const { inner } = this.client
    try {
      if (isRequest(this.input)) await this.unpackRequest(this.input)
      return await inner(withQuery(this.url.trim(), authorization.query), this.nextInit(authorization))
    } catch (error) {
      throw maskError(error, authorization.query)
    }
  }

  /** The URL of a `Request` cannot be changed, and not every platform sends its body as a stream. */
  private async unpackRequest(request: Request): Promise<void> {
    const body = await requestWithBody(request, this.init)?.arrayBuffer()
    this.init = { ...asInit(request, { ...membersOf(this.init) }), ...(body && { body }) }
    this.input = this.url
  }

  private async follow(redirect: Response): Promise<Response> {
    const { client, credential, applied: authorization, url, spare } = this
    if (!credential || !authorization) return redirect
    const init = { ...this.init, headers: this.ownHeaders() ?? {} }
    const hop = { url, init: isRequest(this.input) ? asInit(this.input, init) : init }
    try {
      const response = await followRedirects({ inner: client.inner, credential, authorization, spare }, hop, redirect)
      return showWithout(authorization.query, response, response !== redirect)
    } catch (error) {
      throw maskError(error, authorization.query)
    }
  }

  /** A fetch that follows redirects although it was asked not to takes along all but `Authorization`. */
  private checkDestination(response: Response): void {
    const { credential, applied } = this
    if (!credential || !applied || isOnlyAuthorization(Object.keys(applied.headers), Object.keys(applied.query))) return
    if (response.url === '' || credential.covers(originOf(response.url) ?? '')) return
    discard(response).catch(() => {})
    throw redirectRefused(credential)
  }
}

function isOnlyAuthorization(headers: readonly string[], query: readonly string[]): boolean {
  return query.length === 0 && headers.every((name) => name === 'authorization')
}
