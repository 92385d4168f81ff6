import type { GrantContext, TokenSet, TokenStore } from '@valetkey/core'
import { isCredentialError } from '@valetkey/core'
import type { CredentialErrorInit } from '@valetkey/core/kit'
import { CredentialError, isGrantError } from '@valetkey/core/kit'
import { generateRandomState } from 'oauth4webapi'
import type { Endpoints, TokenEndpoint } from '../endpoint.ts'
import type { PendingSignIn } from '../grants/authorization-code.ts'
import { asRecord } from '../wire/answer.ts'
import { describe, isGranted } from '../wire/refusal.ts'
import type { RequestContext } from '../wire/request.ts'
import { requestTokens } from '../wire/request.ts'
import { signInFailed, signInReason } from './errors.ts'

/** The form of codes in the standards; other strings are neither reliable for a program nor safe to show. */
const CODE_OF_ERROR = /^[a-z0-9_]{1,64}$/i

/** Where a sign-in is begun and completed. */
export interface SignInPlace {
  readonly endpoint: TokenEndpoint
  readonly identity: readonly string[]
  readonly redirectUri: string
  /** Where callbacks come to; undefined where `redirectUri` is a name, which does not tell. */
  readonly callbackPath: string | undefined
  readonly pkce: boolean
  /** As in `PendingSignIn`. */
  readonly credential: string
  readonly store: TokenStore
  readonly of: CredentialErrorInit
  /** Scopes of the account's stored tokens. @throws CredentialError as `status()` */
  granted(): Promise<readonly string[] | undefined>
}

/** Exchanges a callback for tokens, once. @throws CredentialError, GrantError */
export async function completeSignIn(
  place: SignInPlace,
  callbackUrl: URL | string,
  signIn: PendingSignIn,
  context: GrantContext,
): Promise<TokenSet> {
  const { endpoint, identity, store, of } = place
  requirePending(signIn, place)
  requireOwn(signIn, place)
  const callback = await readCallback(callbackUrl, signIn, place, context.now())
  await checkIssuer(endpoint.endpoints, callback.issuer, signIn, of, context)
  const takeBack = await markUsed(store, identity, signIn.state, of)
  const code = requireCode(callback, signIn, of)
  try {
    const tokens = await exchange(endpoint, code, signIn, context)
    const further = { ...callback.further, ...tokens.extra }
    const extra = Object.keys(further).length === 0 ? undefined : further
    return { ...tokens, scopes: tokens.scopes ?? signIn.scopes, extra }
  } catch (error) {
    // After an outage the user need not visit the vendor's pages again; a code that was accepted must not be sent
    // again (RFC 6749 §4.1.2).
    const isOutage = isGrantError(error) && error.failure.kind === 'token_unavailable'
    if (isOutage && !isGranted(error.failure.status)) await takeBack()
    throw error
  }
}

/** It comes from a session, which may have been lost. */
function requirePending(signIn: unknown, { pkce, of }: SignInPlace): void {
  const { state, codeVerifier, redirectUri, credential, expiresAt } = asRecord(signIn)
  // A sign-in that began with PKCE is completed with it.
  const verifiers = pkce || codeVerifier !== undefined ? [codeVerifier] : []
  const isWhole = [state, ...verifiers, redirectUri, credential].every(
    (text) => typeof text === 'string' && text !== '',
  )
  if (isWhole && typeof expiresAt === 'number') return
  throw signInFailed('no_sign_in', 'there is no sign-in that this callback could answer; sign in again', of)
}

/** Before anything is sent: the credential that began it can still complete it. */
function requireOwn(signIn: PendingSignIn, { credential, redirectUri, of }: SignInPlace): void {
  if (signIn.credential === credential && signIn.redirectUri === redirectUri) return
  const problem = 'this sign-in was begun for another vendor, client, redirect URI or account; sign in again'
  throw signInFailed('other_credential', problem, of)
}

function requireCode(
  { code, error, description }: Callback,
  { state, codeVerifier = '' }: PendingSignIn,
  of: CredentialErrorInit,
): string {
  const secrets = [state, codeVerifier, code ?? '']
  if (error !== undefined) {
    const word = describe(CODE_OF_ERROR.exec(error)?.[0], secrets) ?? 'refused'
    const words = [word, describe(description, secrets)].filter(Boolean).join(': ')
    throw signInFailed(signInReason(word), `the vendor or the user refused the sign-in (${words})`, of)
  }
  if (code) return code
  throw signInFailed('missing_code', 'the callback holds no code', of)
}

/** RFC 6749 §4.1.3, RFC 7636 §4.5. */
function exchange(
  endpoint: TokenEndpoint,
  code: string,
  { redirectUri, codeVerifier, state }: PendingSignIn,
  context: GrantContext,
): Promise<TokenSet> {
  const proof = codeVerifier === undefined ? {} : { code_verifier: codeVerifier }
  const parameters = { code, redirect_uri: redirectUri, ...proof }
  const secrets = [code, ...Object.values(proof), state]
  const request = { grantType: 'authorization_code', parameters, secrets }
  return requestTokens(endpoint, request, context)
}

/** What the vendor says through the user's browser (RFC 6749 §4.1.2). */
export interface Callback {
  readonly code: string | undefined
  readonly error: string | undefined
  readonly description: string | undefined
  /** RFC 9207. */
  readonly issuer: string | undefined
  /** Further parameters of the vendor, e.g. QuickBooks' `realmId`. */
  readonly further: Readonly<Record<string, string>>
}

/** Checks that the callback answers this sign-in, in time. @throws CredentialError `sign_in_failed` */
async function readCallback(
  callbackUrl: URL | string,
  signIn: PendingSignIn,
  { callbackPath, of }: SignInPlace,
  now: number,
): Promise<Callback> {
  const text = String(callbackUrl)
  const url = URL.canParse(text, ANY_ORIGIN) ? new URL(text, ANY_ORIGIN) : undefined
  if (!url) throw signInFailed('invalid_callback', 'the callback is not a URL', of)
  const state = url.searchParams.getAll('state')
  if (state.length !== 1 || !(await isSameText(state[0] ?? '', signIn.state))) {
    throw signInFailed('state_mismatch', 'the callback belongs to another sign-in; sign in again', of)
  }
  if (callbackPath !== undefined && !HAS_NO_PATH.test(text) && !isSamePath(url.pathname, callbackPath)) {
    throw signInFailed('redirect_mismatch', 'the callback did not come to the path of "redirectUri"', of)
  }
  if (now >= signIn.expiresAt) {
    throw signInFailed('expired', 'the sign-in took longer than ten minutes; sign in again', of)
  }
  return { ...readParameters(url, of), further: furtherOf(url, signIn) }
}

/** Of answers to authorization requests, by OAuth 2, OpenID Connect and JARM: no vendor says with them whose account it is. */
const STANDARD_PARAMETERS: ReadonlySet<string> = new Set([
  '',
  '__proto__',
  'access_token',
  'code',
  'error',
  'error_description',
  'error_uri',
  'expires_in',
  'id_token',
  'iss',
  'refresh_token',
  'response',
  'scope',
  'session_state',
  'state',
  'token_type',
])

/** Vendors add one to five short ones; what anyone can put into a URL must not fill a record. */
const MAX_FURTHER = 16
const MAX_NAME_CHARACTERS = 64
const MAX_VALUE_CHARACTERS = 1024

/** The first 16 that occur once, are not the program's own and do not repeat a secret. */
function furtherOf({ searchParams }: URL, { redirectUri, state, codeVerifier }: PendingSignIn): Record<string, string> {
  const own = new URLSearchParams(redirectUri.split('?')[1])
  const secrets = [state, codeVerifier, ...searchParams.getAll('code')]
  const counts = new Map<string, number>()
  for (const name of searchParams.keys()) counts.set(name, (counts.get(name) ?? 0) + 1)
  const isKept = ([name, value]: readonly [string, string]): boolean =>
    !STANDARD_PARAMETERS.has(name) &&
    !own.has(name) &&
    counts.get(name) === 1 &&
    name.length <= MAX_NAME_CHARACTERS &&
    value.length <= MAX_VALUE_CHARACTERS &&
    !secrets.includes(value)
  return Object.fromEntries([...searchParams].filter(isKept).slice(0, MAX_FURTHER))
}

/** Servers have a whole URL, only its path, or only its query; whose it is, is not looked at. */
const ANY_ORIGIN = 'https://callback.invalid'

/** As a program writes it that does not know the path; a `URL` has one always. */
const HAS_NO_PATH = /^(?:https?:\/\/[^/?#]*)?\?/i

/** Web servers and frameworks add or remove a slash at the end. */
function isSamePath(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '')
}

/** By digest, so that the time it takes tells nothing. */
async function isSameText(a: string, b: string): Promise<boolean> {
  return (await sha256(a)) === (await sha256(b))
}

function readParameters({ searchParams }: URL, of: CredentialErrorInit): Omit<Callback, 'further'> {
  const single = (name: string): string | undefined => {
    const [value, second] = searchParams.getAll(name)
    if (second === undefined) return value
    throw signInFailed('invalid_callback', `the callback has more than one "${name}"`, of)
  }
  return {
    code: single('code'),
    error: single('error'),
    description: single('error_description'),
    issuer: single('iss'),
  }
}

/**
 * A callback of another authorization server, whose code must not be sent to this one (RFC 9207 §2.4).
 *
 * @param sent `iss` of the callback
 * @throws CredentialError `sign_in_failed`; GrantError
 */
async function checkIssuer(
  endpoints: Endpoints,
  sent: string | undefined,
  signIn: PendingSignIn,
  of: CredentialErrorInit,
  context: RequestContext,
): Promise<void> {
  const own = await endpoints.issuer(context)
  const mismatch = (problem: string) => signInFailed('issuer_mismatch', problem, of)
  if (signIn.issuer !== undefined && signIn.issuer !== own?.identifier) {
    throw mismatch('the sign-in was begun at another issuer')
  }
  if (sent === undefined && own?.isPromised) throw mismatch('the callback does not name its issuer')
  if (sent === undefined || (own ? sent === own.identifier : await isNeighbour(endpoints, sent, context))) return
  throw mismatch('the callback comes from another issuer')
}

/** If the issuer is not known, it must have the host of one of the endpoints. */
async function isNeighbour(endpoints: Endpoints, issuer: string, context: RequestContext): Promise<boolean> {
  const urls = [await endpoints.find('authorizationUrl', context), await endpoints.find('tokenUrl', context)]
  return URL.canParse(issuer) && urls.some((url) => url?.origin === new URL(issuer).origin)
}

/** As long as a sign-in may take: after that its state is refused for its age. */
const RETAIN_MS = 10 * 60_000

/** Replaces the mark of a state that may be used again. */
const FREE = '{"v":1}'

/**
 * Marks a sign-in's state as used, for all programs that share the store. The store sees a digest of it.
 *
 * @returns takes the mark back
 * @throws CredentialError `sign_in_failed` (`already_used`), `store_unavailable`, `record_unreadable`
 */
async function markUsed(
  store: TokenStore,
  identity: readonly string[],
  state: string,
  of: CredentialErrorInit,
): Promise<() => Promise<void>> {
  const key = JSON.stringify(['vk1-state', of.vendor, ...identity, await sha256(state)])
  const mark = JSON.stringify({ v: 1, usedBy: generateRandomState() })
  const version = await storing(of, async () => {
    const before = await store.get(key)
    if (before.value !== undefined && before.value !== FREE) return undefined
    return write(store, key, before.version, mark)
  })
  if (version === undefined) throw signInFailed('already_used', 'this sign-in has been completed already', of)
  return async () => {
    await store.compareAndSet(key, version, FREE, { retainMs: RETAIN_MS }).catch(() => undefined)
  }
}

/** The mark's version; undefined when another process was first. */
async function write(
  store: TokenStore,
  key: string,
  expected: string | undefined,
  mark: string,
): Promise<string | undefined> {
  try {
    const written = await store.compareAndSet(key, expected, mark, { retainMs: RETAIN_MS })
    return written.ok ? written.version : undefined
  } catch (error) {
    // It is unknown whether it was applied: an existing mark is this one or another's.
    const { value, version } = await store.get(key)
    if (value === undefined || value === FREE) throw error
    return value === mark ? version : undefined
  }
}

/** The store's own words are not passed on. */
async function storing<T>(of: CredentialErrorInit, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isCredentialError(error)) throw error
    throw new CredentialError('store_unavailable', `${of.vendor}: the token store cannot be used`, of)
  }
}

/** In hex. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
