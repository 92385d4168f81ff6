import { type ChooseCredential, createChooser } from './choose-credential.ts'
import type { Authorization, CarriedNames, Credential, CredentialSource, ResponseView } from './credential.ts'
import { originOf } from './origins.ts'

/** One request of a program, as a client plugin describes it. */
export interface RequestToSend<R> {
  /** Absolute. */
  readonly url: string
  readonly signal?: AbortSignal | null | undefined
  /** Whether the caller set one of these names itself: then the request is sent untouched and never renewed. Asked before any token is fetched. */
  alreadyAuthorized(names: CarriedNames): boolean
  /** Whether the body can be sent a second time. */
  readonly replayable: boolean
  /**
   * Sends once, with the authorization of `credential`, or untouched where there is none. Called in the same turn when
   * the authorization is at hand, and at most twice.
   */
  send(authorization: Authorization | undefined, credential: Credential | undefined): Promise<R>
  /**
   * Makes an answer final before it is judged, e.g. by following its redirect; frees it when that fails.
   * @default every answer is final
   */
  finish?(response: R): R | Promise<R>
  view(response: R): ResponseView
  /** Frees the connection of an answer that the caller will not see. Its failure is ignored. */
  discard(response: R): void | Promise<void>
}

export interface CredentialedRequest<R> extends RequestToSend<R> {
  readonly source: CredentialSource
}

/**
 * Sends with the first credential that covers the URL's origin; on a refusal renews once and sends once more.
 * Without such a credential, or when the caller authorized the request itself, it is sent untouched.
 * @throws CredentialError of the credential; never sends unauthorized because a credential failed
 */
export function sendWithCredential<R>(request: CredentialedRequest<R>): Promise<R> {
  return sendChosen(() => createChooser(request.source)(request.url), request)
}

/** `sendWithCredential` for many requests of one source; remembers what it may about the origins of their URLs. */
export function createSender(source: CredentialSource): <R>(request: RequestToSend<R>) => Promise<R> {
  const choose = createChooser(source)
  return (request) => sendChosen(choose, request)
}

function sendChosen<R>(choose: ChooseCredential, request: RequestToSend<R>): Promise<R> {
  try {
    const credential = choose(request.url)
    if (!credential || request.alreadyAuthorized(credential.carries)) return request.send(undefined, undefined)
    const authorization = credential.authorization(request.signal ? { signal: request.signal } : undefined)
    if (!isPending(authorization)) return attempt({ request, credential, authorization })
    return authorization.then((ready) => attempt({ request, credential, authorization: ready }))
  } catch (error) {
    return Promise.reject(error)
  }
}

interface Attempt<R> {
  readonly request: RequestToSend<R>
  readonly credential: Credential
  readonly authorization: Authorization
}

function isPending<T extends object>(value: T | Promise<T>): value is Promise<T> {
  return 'then' in value
}

/** The usual answer is final and accepted, and costs one promise beside the client's. */
function attempt<R>(first: Attempt<R>): Promise<R> {
  const { request, credential, authorization } = first
  return request.send(authorization, credential).then((response) => {
    const final = request.finish ? request.finish(response) : response
    return final instanceof Promise ? final.then((it) => judge(first, it)) : judge(first, final)
  })
}

function judge<R>(first: Attempt<R>, response: R): R | Promise<R> {
  const { request, credential } = first
  try {
    const view = request.view(response)
    const refused = isRefused(credential, view)
    return refused === false ? response : renewAndReplay(first, { response, view, refused })
  } catch (error) {
    discard(request, response)
    throw error
  }
}

function isRefused(credential: Credential, view: ResponseView): boolean | Promise<boolean> {
  const refused = credential.refuses(view)
  if (typeof refused === 'boolean') return refused && cameFromCovered(credential, view)
  return refused.then((it) => it && cameFromCovered(credential, view))
}

/** After a redirect to an origin that is not the credential's, the answer says nothing about the credential. */
function cameFromCovered(credential: Credential, { url }: ResponseView): boolean {
  return url === '' || credential.covers(originOf(url) ?? '')
}

interface Answer<R> {
  readonly response: R
  readonly view: ResponseView
  readonly refused: boolean | Promise<boolean>
}

async function renewAndReplay<R>(first: Attempt<R>, { response, view, refused }: Answer<R>): Promise<R> {
  const { request, credential, authorization } = first
  const next = await orDiscard(request, response, async () => ((await refused) ? renew(first, view) : undefined))
  if (!next) return response
  if (request.replayable) {
    discard(request, response)
    return replay({ request, credential, authorization: next })
  }
  const { generation } = authorization
  credential.observe?.('replay-skipped', { generation, status: view.status, reason: 'not_replayable' })
  return response
}

function renew<R>({ request, credential, authorization }: Attempt<R>, { status }: ResponseView) {
  credential.observe?.('refused', { generation: authorization.generation, status })
  return credential.renew(authorization, { signal: request.signal })
}

async function replay<R>({ request, credential, authorization }: Attempt<R>): Promise<R> {
  const answer = await request.send(authorization, credential)
  const response = request.finish ? await request.finish(answer) : answer
  return orDiscard(request, response, async () => {
    const view = request.view(response)
    const accepted = !(await isRefused(credential, view))
    credential.observe?.('replayed', { generation: authorization.generation, status: view.status, accepted })
    return response
  })
}

/** When the request fails, nobody else can free the connection of the answer that it had. */
async function orDiscard<R, T>(request: RequestToSend<R>, response: R, judge: () => Promise<T>): Promise<T> {
  try {
    return await judge()
  } catch (error) {
    discard(request, response)
    throw error
  }
}

function discard<R>(request: RequestToSend<R>, response: R): void {
  try {
    Promise.resolve(request.discard(response)).catch(() => {})
  } catch {
    // The answer is not wanted, so how giving it up fails is not either.
  }
}
