import { setImmediate as turn } from 'node:timers/promises'
import { type OAuthError, oauthError } from '../oauth-error.ts'
import type { Issued, Ledger, RefreshToken } from './ledger.ts'

/**
 * Rotation as ory/hydra does it: a refresh ends the refresh token that it used and the access tokens before it; a token
 * that is used again after the grace period ends the whole family; two refreshes at once with one token are an error.
 */
export async function refresh(
  ledger: Ledger,
  { text, now, graceMs }: { readonly text: string; readonly now: () => number; readonly graceMs: number },
): Promise<Issued | OAuthError> {
  const token = ledger.refreshTokens.get(text)
  if (!token || token.family.revoked) return oauthError('invalid_grant', 'The refresh token is malformed or not valid.')
  if (token.expiresAt <= now()) return oauthError('invalid_grant', 'The refresh token expired.')
  if (isReused(token, now(), graceMs)) {
    ledger.revokeAccess(token.family)
    token.family.revoked = true
    return oauthError('invalid_grant', 'The refresh token was already used.')
  }
  if (token.busy) return oauthError('invalid_request', 'Several refreshes with one token. Please retry.')
  return rotate(ledger, token, { now, graceMs })
}

function isReused({ usedAt }: RefreshToken, now: number, graceMs: number): boolean {
  return usedAt !== undefined && now >= usedAt + graceMs
}

async function rotate(
  ledger: Ledger,
  token: RefreshToken,
  { now, graceMs }: { readonly now: () => number; readonly graceMs: number },
): Promise<Issued> {
  const { family } = token
  token.busy = true
  // A transaction takes its time: what arrives meanwhile is concurrent.
  await turn()
  if (graceMs === 0) ledger.revokeAccess(family)
  const accessToken = await ledger.issueAccessToken(family)
  const refreshToken = ledger.issueRefreshToken(family)
  token.usedAt ??= now()
  token.busy = false
  return { family, accessToken, refreshToken }
}
