import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** What a vendor does until the next plan. */
export interface VendorPlan {
  /** Of access tokens. @default one hour */
  readonly lifetimeMs?: number
  /** The token endpoint answers after so long. @default 0 */
  readonly tokenDelayMs?: number
  /** So many token requests get a 500 before it works. @default 0 */
  readonly failures?: number
  /** Whether every refresh token is refused from the start. @default false */
  readonly isDead?: boolean
  /** Whether a refresh token stays the same and may be used by many at once. @default false: strict rotation */
  readonly isReusable?: boolean
  /** Whether the first access token has expired already. @default false */
  readonly isExpired?: boolean
  /** Every second refusal is held back until the token endpoint has given other tokens. @default false */
  readonly isLate?: boolean
  /** Whether every fourth token is refused after 3.5 s, though it was given out for 5 s. @default false */
  readonly isMisleading?: boolean
}

/** As a program has them after a sign-in. */
export interface SignedIn {
  readonly accessToken: string
  readonly refreshToken: string
  /** Unix ms. */
  readonly expiresAt: number
}

export interface Counts {
  readonly tokenCalls: number
  /** Requests to the API, and how many of them were answered 401. */
  readonly requests: number
  readonly refused: number
  /** Whether a spent refresh token was presented, which ended the grant. */
  readonly spent: boolean
}

/** How a refused or failed token request is answered, and how a good one. */
export interface TokenAnswer {
  readonly status: number
  readonly body: object
}

/** As long as the tokens of most vendors: a JWT with a dozen claims. */
const PADDING = 'p'.repeat(740)

const HOUR_MS = 3_600_000

/** A token that is refused before it is three seconds old is tried again then: some vendors' servers do not know it at once. */
const MISLED = { every: 4, toldMs: 5000, livesMs: 3500 }
const HALF_YEAR_S = 15_552_000

/** One account; unless the plan says otherwise, a refresh token that is presented twice ends the grant (RFC 9700 §4.14.2). */
export function createAccount(plan: VendorPlan) {
  const { lifetimeMs = HOUR_MS, isDead = false, isExpired = false, isReusable = false } = plan
  /** End of each access token that was given out. */
  const accepted = new Map<string, number>()
  let refreshToken = ''
  let hasEnded = isDead
  let serial = 0
  let failuresLeft = plan.failures ?? 0
  const counts = { tokenCalls: 0, requests: 0, refused: 0 }
  let spent = false

  const mint = (now: number, rotates: boolean): SignedIn & { readonly toldMs: number } => {
    serial += 1
    const isMisleading = plan.isMisleading === true && serial % MISLED.every === 0
    const toldMs = isMisleading ? MISLED.toldMs : lifetimeMs
    const expiresAt = now + toldMs
    const accessToken = `access-${serial}-${PADDING}`
    accepted.set(accessToken, isMisleading ? now + MISLED.livesMs : expiresAt)
    if (rotates) refreshToken = `refresh-${serial}`
    return { accessToken, refreshToken, expiresAt, toldMs }
  }
  const { toldMs: _toldMs, ...first } = mint(isExpired ? Date.now() - 2 * lifetimeMs : Date.now(), true)

  return {
    first,
    counts: (): Counts => ({ ...counts, spent }),
    revoke: () => accepted.clear(),
    resetCounts: () => Object.assign(counts, { tokenCalls: 0, requests: 0, refused: 0 }),
    /** @returns whether the API lets it in */
    accepts(authorization: string | undefined): boolean {
      counts.requests += 1
      const token = authorization?.replace(/^(bearer|token) /i, '') ?? ''
      const isGood = Date.now() < (accepted.get(token) ?? 0)
      if (!isGood) counts.refused += 1
      return isGood
    },
    answer(parameters: URLSearchParams): TokenAnswer {
      counts.tokenCalls += 1
      if (failuresLeft > 0) {
        failuresLeft -= 1
        return { status: 500, body: { message: 'try again' } }
      }
      const isRefresh = parameters.get('grant_type') === 'refresh_token'
      if (isRefresh && (hasEnded || parameters.get('refresh_token') !== refreshToken)) {
        spent = !isDead
        hasEnded = true
        accepted.clear()
        return { status: 400, body: { error: 'invalid_grant' } }
      }
      if (!isRefresh && isDead) return { status: 400, body: { error: 'invalid_grant' } }
      const minted = mint(Date.now(), isRefresh && !isReusable)
      const body = {
        access_token: minted.accessToken,
        token_type: 'bearer',
        expires_in: minted.toldMs / 1000,
        scope: '',
        ...(isRefresh && { refresh_token: minted.refreshToken, refresh_token_expires_in: HALF_YEAR_S }),
      }
      return { status: 200, body }
    },
  }
}

/** The parameters of a token request, as a form or, from octokit, as JSON. */
export async function readParameters(request: IncomingMessage): Promise<URLSearchParams> {
  const body = await text(request)
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false
  return new URLSearchParams(isJson ? (JSON.parse(body) as Record<string, string>) : body)
}
