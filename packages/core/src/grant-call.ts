import { decodeJwt } from 'jose/jwt/decode'
import type { Clock } from './clock.ts'
import { fingerprint, randomId } from './fingerprint.ts'
import type { Failed, Obtained, ObtainedTokens } from './flight/state.ts'
import { type GrantContext, type GrantFailure, isGrantError, type TokenGrant, type TokenSet } from './grant.ts'

/** An answer later than this counts as none. Long on purpose: giving up early only makes the outcome unknown. */
export const REQUEST_LIMIT_MS = 60_000
/** RFC 6750 tokens are visible ASCII; anything else could break out of a header. */
const TOKEN_TEXT = /^[\x21-\x7e]+$/
const TOKEN_MAX_LENGTH = 16_384
const YEAR_MS = 365 * 24 * 60 * 60_000

export type GrantRequest = { readonly mode: 'issue' } | { readonly mode: 'refresh'; readonly refreshToken: string }

export interface GrantCaller {
  readonly grant: TokenGrant
  readonly account: string
  readonly clock: Clock
  readonly fetch: typeof fetch
}

/** Asks the grant once and never rejects: what it throws, and tokens that cannot be used, become a failure. */
export async function callGrant(caller: GrantCaller, request: GrantRequest): Promise<Obtained | Failed> {
  const finished = new AbortController()
  const limit = new AbortController()
  const context: GrantContext = { ...grantContext(caller), signal: limit.signal }
  try {
    const answer = startRequest(caller.grant, request, context)
    const tokens = await Promise.race([answer, timeLimit(caller.clock, limit, finished.signal)])
    return { type: 'obtained', tokens: checkedTokens(tokens, caller.clock.now()) }
  } catch (error) {
    return await failureOf(error, caller.grant)
  } finally {
    finished.abort()
  }
}

export function grantContext({ account, clock, fetch }: GrantCaller): Omit<GrantContext, 'signal'> {
  return { account, fetch, now: () => clock.now() }
}

async function startRequest(grant: TokenGrant, request: GrantRequest, context: GrantContext): Promise<TokenSet> {
  if (request.mode === 'refresh' && grant.refresh) return grant.refresh(request.refreshToken, context)
  if (request.mode === 'issue' && grant.issue) return grant.issue(context)
  throw new TypeError(`the grant has no ${request.mode}`)
}

async function timeLimit(clock: Clock, limit: AbortController, finished: AbortSignal): Promise<never> {
  await clock.sleep(REQUEST_LIMIT_MS, finished)
  const error = new GrantFailureSignal('the token endpoint did not answer in time')
  if (!finished.aborted) limit.abort(error)
  throw error
}

/** Carries only text of ours, so that it may be shown. */
class GrantFailureSignal extends Error {}

async function failureOf(error: unknown, grant: TokenGrant): Promise<Failed> {
  const failure: GrantFailure = isGrantError(error)
    ? error.failure
    : { kind: 'unavailable', sent: true, description: error instanceof GrantFailureSignal ? error.message : undefined }
  const ours = failure.kind === 'client_rejected' ? await saltedFingerprint(grant) : undefined
  return { type: 'failed', ...failure, ...ours }
}

async function saltedFingerprint(grant: TokenGrant): Promise<{ salt: string; by: string } | undefined> {
  const salt = randomId()
  const by = await fingerprint(grant, salt)
  return by === undefined ? undefined : { salt, by }
}

/** @param now this machine's clock, Unix ms. @throws for tokens that cannot be used, without showing them */
export function checkedTokens(tokens: TokenSet, now: number): ObtainedTokens {
  const { refreshToken } = tokens
  return {
    accessToken: tokenText(tokens.accessToken, 'access token'),
    tokenType: tokens.tokenType ?? 'Bearer',
    lifetimeMs: lifetimeMs(tokens.expiresIn) ?? jwtLifetimeMs(tokens.accessToken, now),
    refreshToken: refreshToken === undefined ? undefined : tokenText(refreshToken, 'refresh token'),
    refreshLifetimeMs:
      refreshToken === undefined
        ? undefined
        : (lifetimeMs(tokens.refreshExpiresIn) ?? jwtLifetimeMs(refreshToken, now)),
    scopes: tokens.scopes,
    extra: tokens.extra,
  }
}

function tokenText(token: unknown, name: string): string {
  if (typeof token === 'string' && token.length <= TOKEN_MAX_LENGTH && TOKEN_TEXT.test(token)) return token
  throw new GrantFailureSignal(`the token endpoint answered with an unusable ${name}`)
}

/** A lifetime that makes no sense must not cost the tokens: they are then used until refused. */
function lifetimeMs(seconds: unknown): number | undefined {
  const value = typeof seconds === 'string' && seconds.trim() !== '' ? Number(seconds) : seconds
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return undefined
  return Math.min(value * 1000, YEAR_MS)
}

/** From `exp`, and from `iat` too where there is one: it does not depend on this machine's clock. */
function jwtLifetimeMs(token: string, now: number): number | undefined {
  const { exp, iat } = jwtClaims(token)
  if (typeof exp !== 'number') return undefined
  const left = exp * 1000 - now
  return Math.max(0, Math.min(left, typeof iat === 'number' ? (exp - iat) * 1000 : left, YEAR_MS))
}

function jwtClaims(token: string): { readonly exp?: unknown; readonly iat?: unknown } {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}
