import type { GrantContext, TokenSet } from '@valetkey/core'
import { GrantError } from '@valetkey/core'
import { isGrantError, originOf } from '@valetkey/core/kit'
import type { Dpop } from '../dpop.ts'
import type { Endpoints, TokenEndpoint } from '../endpoint.ts'
import type { EndpointName, ResolvedDialect, StandardAnswer, TokenEndpointAnswer } from '../options.ts'
import { resourceParameters } from '../options.ts'
import { asRecord, readAnswer, readRotation, readTokenSet } from './answer.ts'
import { isGranted, isSuccess, networkFailure, refusal, unsent } from './refusal.ts'

export interface TokenRequest {
  readonly grantType: string
  /** Further parameters by their names on the wire; an array is one parameter for each of its texts. */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>
  /** The secrets among them. */
  readonly secrets: readonly string[]
}

/**
 * One request to the token endpoint; sent again only where the server wants another proof of the key (`dpop`).
 * @throws GrantError and nothing else that the vendor can cause
 */
export async function requestTokens(
  endpoint: TokenEndpoint,
  { grantType, parameters, secrets }: TokenRequest,
  context: GrantContext,
): Promise<TokenSet> {
  const { dialect, additions, dpop } = endpoint
  const named = Object.entries({ ...additions.tokenParameters(grantType), ...parameters }).flatMap(([name, value]) =>
    [value].flat().map((each) => [name, each] as const),
  )
  const all = [...named, ...resourceParameters(endpoint), ['grant_type', grantType]] as const
  const post = { to: 'tokenUrl', parameters: all, secrets } as const
  const send = (proof?: Proof) =>
    postForm(endpoint, post, context, dialect, proof).catch((error: unknown) => {
      throw grantType === 'refresh_token' ? asUnread(error) : error
    })
  const proved = dpop && (await askWithProof(endpoint, dpop, context, send))
  const answer = proved?.answer ?? (await send())
  const now = context.now()
  let standard: StandardAnswer | undefined
  try {
    standard = standardize(endpoint, { grantType, ...answer })
    if (!isSuccess(standard)) throw refusal(answer, standard, dialect, now, grantType)
    const tokens = readTokenSet(standard.body, answer.secrets, now, dialect.scopeSeparator, dpop !== undefined)
    return proved?.proofKey ? { ...tokens, proofKey: proved.proofKey } : tokens
  } catch (error) {
    // Tokens of a first request that are not bound to the key are not kept: they are unusable.
    if (dpop && grantType !== 'refresh_token' && isGrantError(error) && error.failure.kind === 'client_rejected')
      throw error
    throw keepRotation(error, answer, standard?.body, now)
  }
}

/** Headers of one request that prove a key. */
type Proof = Readonly<Record<string, string>>

async function askWithProof(
  { endpoints }: TokenEndpoint,
  dpop: Dpop,
  context: GrantContext,
  send: (proof: Proof) => Promise<FormAnswer>,
) {
  const { requestWithProof } = await load(() => import('./dpop-proof.ts'))
  return requestWithProof(dpop, await requireEndpoint(endpoints, 'tokenUrl', context), context, send)
}

/** The vendor has granted, and what came with it cannot be known. */
function asUnread(error: unknown): unknown {
  if (!isGrantError(error) || !isGranted(error.failure.status)) return error
  const description = `${error.failure.description}; a new refresh token in it could not be read`
  return new GrantError({ ...error.failure, description })
}

/** The vendor has granted: the refresh token that was sent is spent, and the new one is kept even if the rest of the answer is unusable. */
function keepRotation(error: unknown, { status, body }: FormAnswer, standard = asRecord(body), now: number): unknown {
  if (!isGrantError(error) || !isGranted(status)) return error
  const rotation = readRotation(standard, body, now)
  const kind = rotation.refreshToken === undefined ? error.failure.kind : 'token_unavailable'
  return new GrantError({ ...error.failure, kind, status, ...rotation })
}

/** New tokens for a refresh token (RFC 6749 §6). @throws GrantError */
export function refreshTokens(endpoint: TokenEndpoint, refreshToken: string, context: GrantContext): Promise<TokenSet> {
  const request = { parameters: { refresh_token: refreshToken }, secrets: [refreshToken] }
  return requestTokens(endpoint, { grantType: 'refresh_token', ...request }, context)
}

function standardize({ dialect }: TokenEndpoint, answer: TokenEndpointAnswer): StandardAnswer {
  const { grantType, status, headers, body } = answer
  try {
    const standard = dialect.normalize({ grantType, status, headers, body })
    if (!Number.isInteger(standard.status)) throw new TypeError('no status')
    return { status: standard.status, body: asRecord(standard.body) }
  } catch {
    const description = '"normalize" failed on this answer'
    throw new GrantError({ kind: 'token_unavailable', sent: true, status, description })
  }
}

/**
 * One request to an endpoint other than the token endpoint; the vendor's dialect does not apply to it.
 *
 * @returns the members of the answer, none if it is not JSON
 * @throws GrantError
 */
export async function requestServer(
  endpoint: TokenEndpoint,
  post: FormPost,
  context: GrantContext,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await postForm(endpoint, post, context)
  const standard = { status: answer.status, body: asRecord(answer.body) }
  if (isSuccess(standard)) return standard.body
  throw refusal(answer, standard, endpoint.dialect, context.now())
}

/** FormParameters of a request, by their names on the wire; a name may occur twice. */
export type FormParameters = readonly (readonly [name: string, value: string])[]

export interface FormPost {
  readonly to: EndpointName
  readonly parameters: FormParameters
  /** The secrets among them. */
  readonly secrets: readonly string[]
}

/** An answer of an endpoint of the authorization server, never a redirect. */
export interface FormAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, or the text itself. */
  readonly body: unknown
  /** Every secret text in the request. */
  readonly secrets: readonly string[]
}

/**
 * One request of this client to an endpoint of the authorization server, never repeated here.
 *
 * @param dialect how it is written; a form in the body when absent
 * @throws GrantError `unavailable`; `client_rejected` without such an endpoint
 */
async function postForm(
  { endpoints, clientAuthentication, additions: { tokenHeaders } }: TokenEndpoint,
  { to, parameters, secrets }: FormPost,
  context: GrantContext,
  dialect?: ResolvedDialect,
  proof: Proof = {},
): Promise<FormAnswer> {
  const url = await requireEndpoint(endpoints, to, context)
  const client = await clientAuthentication.authenticate(context)
  const form = new URLSearchParams()
  for (const [name, value] of parameters) form.append(name, value)
  for (const [name, value] of Object.entries(client.parameters)) form.set(name, value)
  const request = encodeRequest(url, form, dialect)
  const common = { accept: 'application/json', ...tokenHeaders, 'accept-encoding': 'identity' }
  const headers = { ...common, ...client.headers, ...request.headers, ...proof }
  const init = { method: 'POST', redirect: 'manual', headers, body: request.body ?? null } as const
  const response = await send(request.url, init, context)
  const body = await readAnswer(response, context.signal)
  const headerSecrets = Object.values(tokenHeaders).filter(({ length }) => length >= MIN_SECRET_LENGTH)
  const all = [...client.secrets, ...secrets, ...headerSecrets, ...Object.values(proof)]
  return { status: response.status, headers: response.headers, body, secrets: all }
}

/** A header of the program may hold a subscription key; shorter ones are versions and languages. */
const MIN_SECRET_LENGTH = 8

/** Where and how the parameters of one request are written. */
export interface EncodedRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

type Encoding = Partial<Pick<ResolvedDialect, 'encoding' | 'parameters' | 'scopeFormat' | 'scopeSeparator'>>

/** Writes the request's parameters where and how the vendor wants them; a form in the body unless told otherwise. */
function encodeRequest({ href: url }: URL, form: URLSearchParams, dialect: Encoding = {}): EncodedRequest {
  if (dialect.parameters === 'query') return { url: withQuery(url, form), headers: {} }
  if (dialect.encoding === 'json') {
    return { url, headers: { 'content-type': 'application/json' }, body: toJson(form, dialect) }
  }
  return { url, headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }, body: form.toString() }
}

/** One value as application/x-www-form-urlencoded (RFC 6749 appendix B). */
export function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function toJson(parameters: URLSearchParams, dialect: Encoding): string {
  return JSON.stringify(Object.fromEntries([...parameters.keys()].map((name) => [name, memberOf(name)])))

  function memberOf(name: string): string | string[] {
    const [value = '', ...more] = parameters.getAll(name)
    if (name === 'scope' && dialect.scopeFormat === 'array') return value.split(dialect.scopeSeparator ?? ' ')
    return more.length === 0 ? value : [value, ...more]
  }
}

function withQuery(url: string, parameters: URLSearchParams): string {
  const full = new URL(url)
  for (const [name, value] of parameters) full.searchParams.append(name, value)
  return full.href
}

/** What a request to the authorization server needs of its surroundings. */
export type RequestContext = Pick<GrantContext, 'fetch' | 'signal'>

/** One request; the answer is never a redirect. @throws GrantError `unavailable` */
export async function send(url: string, init: RequestInit, { fetch, signal }: RequestContext): Promise<Response> {
  if (signal.aborted) throw unsent('given up before the request')
  const response = await attempt(() => fetch(url, { ...init, ...uncached(url), signal }))
  if (!isRedirect(url, response)) return response
  void response.body?.cancel().catch(() => undefined)
  throw new GrantError({
    kind: 'token_unavailable',
    sent: true,
    status: response.status,
    description: 'redirect refused',
  })
}

async function attempt(request: () => Promise<Response>): Promise<Response> {
  try {
    return await request()
  } catch (error) {
    throw new GrantError(networkFailure(error))
  }
}

/**
 * Next.js, service workers and fetches that keep answers would give the same token for the same form (RFC 6749 §5.1). Workers
 * before the compatibility date 2024-11-11 refuse the member.
 */
function uncached(url: string): RequestInit {
  try {
    const { cache } = new Request(url, { cache: 'no-store' })
    return { cache }
  } catch {
    return {}
  }
}

/**
 * A fetch that followed a redirect has sent the secrets on: its result is not the vendor's answer. React
 * Native's fetch reports only the final URL.
 */
function isRedirect(asked: string, { redirected, type, status = 0, url }: Partial<Response>): boolean {
  const isElsewhere = Boolean(url) && originOf(url ?? '') !== originOf(asked)
  return (redirected ?? isElsewhere) || type === 'opaqueredirect' || (status >= 300 && status < 400)
}

/** A part that cannot be loaded now, as over a lost connection in a browser, is asked for again by the next call. @throws GrantError */
export async function load<T>(importing: () => Promise<T>): Promise<T> {
  try {
    return await importing()
  } catch {
    throw unsent('a part of @valetkey/oauth2 could not be loaded')
  }
}

/** @throws GrantError `client_rejected` when the server has no such endpoint */
export async function requireEndpoint(endpoints: Endpoints, name: EndpointName, context: RequestContext): Promise<URL> {
  const url = await endpoints.find(name, context)
  if (url) return url
  throw unsent(`"${name}" is not given, and no issuer names one`, 'client_rejected')
}
