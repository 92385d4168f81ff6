import { createAuthorization } from '../authorization.ts'
import type { Authorization, CarriedNames, Credential, CredentialSource, ResponseView } from '../credential.ts'
import { isCredentialError } from '../errors.ts'
import { originOf } from '../origins.ts'
import { redactError } from '../secrets.ts'
import { abortable, throwIfAborted } from '../time.ts'
import { chosen, createChooser, type SenderOptions } from './choose.ts'
import { firstHop, type Hop, MAX_REDIRECTS, nextHop, REDIRECTS, redirectRefused } from './redirects.ts'
import { requiredScopes } from './refusal.ts'
import { type RequestOptions, requestOptions } from './request-options.ts'

/** One request of a program, as a client plugin describes it. */
export interface RequestToSend<R> {
  /** Absolute. */
  readonly url: string
  /** @default 'GET' */
  readonly method?: string | undefined
  readonly signal?: AbortSignal | null | undefined
  /** Whether a refused request is sent again, where `options` do not say. @default true */
  readonly replay?: boolean | undefined
  /** What the caller gave as `valetkey` with the request; the sender checks it. */
  readonly options?: RequestOptions | undefined
  /** Whether the body can be sent a second time. Asked when it has to be. @default true */
  readonly isBodyReplayable?: boolean | Promise<boolean> | undefined
  /** How many redirects are followed. @default 20 */
  readonly maxRedirects?: number | undefined
  /** Whether the caller set one of these names itself: then the request is sent untouched and never renewed. Asked before any token is fetched. */
  alreadyAuthorized(names: CarriedNames): boolean
  /**
   * Sends once, and follows no redirect where `location` is given. Called synchronously when the authorization is
   * available.
   * - without arguments: as the caller gave it
   * - with an authorization: with its headers and query parameters
   * - with a hop: sends the replay or the redirected request, which is the request with the changes of the hop. A hop to an
   *   origin that the credential does not cover has no authorization.
   */
  send(authorization?: Authorization, credential?: Credential, hop?: Hop): Promise<R>
  /**
   * The `Location` of an answer that redirects, `null` where the platform hides it, `undefined` where there is none. Asked
   * for answers with a status that redirects, or 0.
   * @default no redirect is followed
   */
  location?(response: R): string | null | undefined
  /** Throws what the client rejects with when a redirect cannot be followed. @default the redirect is the answer */
  failRedirect?(reason: string): void
  /**
   * For a client, or a platform, that follows redirects itself: the hop that gave this answer, or `'unknown'`. Called
   * for refusals only. @default the last one that was sent
   */
  reached?(response: R): Hop | 'unknown' | undefined
  view(response: R): ResponseView
  /** Frees the connection of an answer that the caller will not see. Its failure is ignored. */
  discard(response: R): void | Promise<void>
}

/**
 * Sends requests with the first credential of `source` that covers the URL's origin; on a refusal renews once, and sends
 * the refused request, or the hop of a redirect, a second time. A token that the API may not know yet is sent again
 * before, or after, that. Follows redirects with the credential on hops to its own origins. Without such a credential, or when
 * the caller authorized the request itself, it is sent untouched.
 * The requests reject with a CredentialError of the credential, `redirect_refused`, `uncovered_origin`, or `invalid_option` for
 * their `options`; they are never sent unauthorized because a credential failed, unless they are `optional`.
 * @throws CredentialError `invalid_option` for a wrong source; for a function that returns something else, at the request
 */
export function createSender(
  source: CredentialSource,
  options: SenderOptions = {},
): <R>(request: RequestToSend<R>) => Promise<R> {
  const choose = createChooser(source, options)
  return <R>(request: RequestToSend<R>): Promise<R> => {
    try {
      const own = request.options === undefined ? undefined : requestOptions(request.options)
      const credential = own?.credential === undefined ? choose(request) : chosen(own.credential, request.url)
      if (!credential || request.alreadyAuthorized(credential.carries)) return request.send()
      const { signal } = request
      const ready = credential.authorization(signal ? { signal } : undefined)
      if ('then' in ready) return sendWhenReady(request, credential, ready, own)
      return attempt(request, credential, ready, own)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

/** A separate function, so that a request whose authorization is available makes no closures. */
async function sendWhenReady<R>(
  request: RequestToSend<R>,
  credential: Credential,
  ready: Promise<Authorization>,
  options: RequestOptions | undefined,
): Promise<R> {
  let authorization: Authorization
  try {
    authorization = await ready
  } catch (error) {
    if (options?.optional && isSignedOut(error)) return request.send()
    throw error
  }
  return attempt(request, credential, authorization, options)
}

function isSignedOut(error: unknown): boolean {
  return isCredentialError(error, 'not_signed_in') || isCredentialError(error, 'reauthorization_required')
}

interface Attempt<R> extends Progress {
  readonly request: RequestToSend<R>
  readonly credential: Credential
  readonly authorization: Authorization
  /** Of the request, checked. */
  readonly options: RequestOptions | undefined
}

/** What went before. */
interface Progress {
  /** What is sent; `undefined`: the request itself. */
  readonly hop: Hop | undefined
  readonly redirects: number
  /** With a newer authorization than the refused one. */
  readonly isReplay: boolean
  /** After a wait for the API to learn of the token. */
  readonly isRepeat: boolean
}

const FIRST: Progress = { hop: undefined, redirects: 0, isReplay: false, isRepeat: false }

/** The usual answer is final and accepted. It costs one promise more than the client's, and two closures with what they hold. */
function attempt<R>(
  request: RequestToSend<R>,
  credential: Credential,
  authorization: Authorization,
  options: RequestOptions | undefined,
  progress: Progress = FIRST,
): Promise<R> {
  const { hop } = progress
  const isCovered = hop === undefined || credential.covers(originOf(hop.url) ?? '')
  const answer =
    isCovered && credential.prove
      ? sendProved(request, credential, authorization, hop)
      : request.send(isCovered ? authorization : undefined, credential, hop)
  return answer.then(
    (response) => {
      try {
        const view = request.view(response)
        const { status } = view
        const isRedirect = status === 0 || REDIRECTS.has(status)
        const location = isRedirect ? request.location?.(response) : undefined
        const refused = location === undefined && credential.refuses(view)
        if (location !== undefined || refused !== false || progress.isReplay || progress.isRepeat) {
          const now = { ...progress, request, credential, authorization, options }
          return location === undefined ? judge(now, response, view, refused) : redirect(now, response, view, location)
        }
        if (isCovered) credential.accepted?.(authorization, view, hop ?? request)
        if (status === 401 || status === 403) tellScopes(credential, authorization, view, hop)
        return response
      } catch (error) {
        discard(request, response)
        throw error
      }
    },
    (error: unknown) => {
      throw redactError(error, authorization)
    },
  )
}

/** How often a request is sent again for another proof: a server that changes its nonce with every answer must not cause a loop. */
const MAX_FURTHER_PROOFS = 3

/** With a separate proof for each send. A demand for another proof is not a refusal of the token. */
async function sendProved<R>(
  request: RequestToSend<R>,
  credential: Credential,
  authorization: Authorization,
  hop: Hop | undefined,
): Promise<R> {
  const sent = hop ?? request
  let proved = await credential.prove?.(authorization, sent)
  for (let further = 0; ; further += 1) {
    const response = await request.send(proved ?? authorization, credential, hop).catch((error: unknown) => {
      throw redactError(error, proved ?? authorization)
    })
    try {
      proved &&= await credential.prove?.(authorization, sent, request.view(response))
      if (!proved || further === MAX_FURTHER_PROOFS || !(await canSendBody(request, hop))) return response
    } catch (error) {
      discard(request, response)
      throw error
    }
    discard(request, response)
  }
}

/** Sends the next hop, if it can be sent. */
async function redirect<R>(now: Attempt<R>, response: R, view: ResponseView, location: string | null): Promise<R> {
  const { request, credential, authorization, redirects } = now
  let next: Attempt<R> | undefined
  try {
    if (location === null) throw redirectRefused(credential)
    const from = now.hop ?? firstHop(request)
    const hop = nextHop(from, view.status, location, authorization.query)
    // As in the fetch standard: after 301 and 302 too, although the body is not sent.
    const isStuck = hop && view.status !== 303 && !(await canSendBody(request, from))
    const isLast = redirects >= (request.maxRedirects ?? MAX_REDIRECTS)
    if (hop && !isStuck && !isLast) next = { ...now, hop, redirects: redirects + 1 }
    else if (isStuck) request.failRedirect?.('a body that is a stream cannot be sent again')
    else request.failRedirect?.(isLast ? 'redirect count exceeded' : 'URL scheme must be a HTTP(S) scheme')
  } catch (error) {
    discard(request, response)
    throw error
  }
  if (!next) return judge(now, response, view, credential.refuses(view))
  discard(request, response)
  return attempt(request, credential, next.authorization, now.options, next)
}

async function canSendBody<R>({ isBodyReplayable = true, signal }: RequestToSend<R>, hop?: Hop): Promise<boolean> {
  if (hop?.hasBody === false) return true
  return typeof isBodyReplayable === 'boolean' ? isBodyReplayable : abortable(isBodyReplayable, signal)
}

/** What the answer says of the credential, and the replay of what was refused. */
async function judge<R>(
  now: Attempt<R>,
  response: R,
  view: ResponseView,
  refused: boolean | Promise<boolean>,
): Promise<R> {
  const { request, credential, authorization, isReplay, isRepeat } = now
  const { generation } = authorization
  const { signal } = request
  const { status } = view
  const sent = now.hop ?? request
  let next: Attempt<R> | undefined
  try {
    // After a redirect to an origin that is not the credential's, the answer does not concern the credential.
    const url = view.url || now.hop?.url
    const isCovered = !url || credential.covers(originOf(url) ?? '')
    const isRefused = (await refused) && isCovered
    if (isReplay || isRepeat) credential.observe?.('replayed', { generation, status, accepted: !isRefused, sent })
    else if (isRefused) credential.observe?.('refused', { generation, status })
    else if (isCovered) credential.accepted?.(authorization, view, sent)
    // Aborted while its body was judged, it may be of no use: Node 20 cancels what is left of it.
    if (!isRefused) throwIfAborted(signal)
    if (!isRefused) return answered()
    const reached = now.hop ?? request.reached?.(response)
    const hop = reached === 'unknown' ? undefined : reached
    const newlyKnown = isRepeat ? undefined : credential.untilKnown?.(authorization, { signal })
    if (newlyKnown && (await canReplay(now, reached))) {
      const current = await newlyKnown
      next = { ...now, authorization: current, hop, isRepeat: true, isReplay: isReplay || current !== authorization }
    } else if (!isReplay) {
      const renewed = await renewedOf(now)
      if (!renewed) return answered()
      if (await canReplay(now, reached)) next = { ...now, authorization: renewed, hop, isReplay: true }
      else credential.observe?.('replay_skipped', { generation, status, reason: 'not_replayable' })
    }
  } catch (error) {
    // The caller gets the error and cannot free the connection of the answer.
    discard(request, response)
    throw error
  }
  if (!next) return answered()
  discard(request, response)
  return attempt(request, credential, next.authorization, now.options, next)

  function answered(): R {
    tellScopes(credential, authorization, view, now.hop)
    return response
  }
}

/** What the answer that the caller gets asks for. After a redirect to another origin, it is not the credential that lacks it. */
function tellScopes(
  credential: Credential,
  authorization: Authorization,
  view: ResponseView,
  hop: Hop | undefined,
): void {
  const url = view.url || hop?.url
  const required = !url || credential.covers(originOf(url) ?? '') ? requiredScopes(view, authorization) : undefined
  const { generation } = authorization
  if (required) credential.observe?.('scope_required', { generation, status: view.status, ...required })
}

/** Where a person must sign in, an optional credential is left off. */
async function renewedOf<R>(refused: Attempt<R>): Promise<Authorization | undefined> {
  const { request, credential, authorization, hop, options } = refused
  try {
    return await credential.renew(authorization, { signal: request.signal, sent: hop ?? request })
  } catch (error) {
    if (options?.optional && isSignedOut(error)) return createAuthorization({}, authorization.generation)
    throw error
  }
}

/** A request that may have taken effect is not sent twice: after a hidden redirect, a method that changes something may have. */
async function canReplay<R>({ request, options }: Attempt<R>, hop: Hop | 'unknown' | undefined): Promise<boolean> {
  if ((options?.replay ?? request.replay) === false) return false
  if (hop !== 'unknown') return canSendBody(request, hop)
  return /^(GET|HEAD|OPTIONS)$/i.test(request.method ?? 'GET') && canSendBody(request)
}

function discard<R>(request: RequestToSend<R>, response: R): void {
  try {
    Promise.resolve(request.discard(response)).catch(() => {})
  } catch {
    // The answer is not wanted, so how giving it up fails is not either.
  }
}
