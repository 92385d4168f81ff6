import type { StoredTokens } from './record.ts'

/** How long before expiry tokens should, and must, be renewed. */
export interface ExpiryWindows {
  /** ms */
  readonly refreshAheadMs: number
  /** ms */
  readonly expiryLeewayMs: number
  /** 0 to 1, fixed per process, so that not all processes refresh at one moment. */
  readonly jitter: number
}

export const DEFAULT_REFRESH_AHEAD_MS = 60_000
export const DEFAULT_EXPIRY_LEEWAY_MS = 5_000
/** Windows shrink with the lifetime: a 30 s token must not be "about to expire" all its life. */
const REFRESH_AHEAD_SHARE = 0.2
const EXPIRY_LEEWAY_SHARE = 0.1
const JITTER_SHARE = 0.2

/** From this moment on (store clock, Unix ms) a refresh in the background is due; the tokens are still used. */
export function softExpiry(tokens: StoredTokens, windows: ExpiryWindows): number {
  if (tokens.expiresAt === undefined) return Number.POSITIVE_INFINITY
  const ahead = Math.min(windows.refreshAheadMs, REFRESH_AHEAD_SHARE * lifetime(tokens, tokens.expiresAt))
  return Math.min(tokens.expiresAt - ahead * (1 - JITTER_SHARE * windows.jitter), hardExpiry(tokens, windows))
}

/** From this moment on (store clock, Unix ms) the tokens are not used any more. */
export function hardExpiry(tokens: StoredTokens, windows: ExpiryWindows): number {
  if (tokens.expiresAt === undefined) return Number.POSITIVE_INFINITY
  return tokens.expiresAt - Math.min(windows.expiryLeewayMs, EXPIRY_LEEWAY_SHARE * lifetime(tokens, tokens.expiresAt))
}

export function shouldRenew(tokens: StoredTokens, now: number, windows: ExpiryWindows): boolean {
  return now >= softExpiry(tokens, windows)
}

export function mustRenew(tokens: StoredTokens, now: number, windows: ExpiryWindows): boolean {
  return now >= hardExpiry(tokens, windows)
}

function lifetime(tokens: StoredTokens, expiresAt: number): number {
  return Math.max(0, expiresAt - tokens.issuedAt)
}
