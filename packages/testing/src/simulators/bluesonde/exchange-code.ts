import { type OAuthError, oauthError } from '../oauth-error.ts'
import { verifierProblem } from '../sign-in/code-verifier.ts'
import type { Family, Ledger } from './ledger.ts'

type Fields = Readonly<Record<string, string>>

/** A code is good once, for ten minutes, with exactly its redirect URI and with the verifier of its challenge. */
export function exchangeCode({ codes, revokeAccess }: Ledger, fields: Fields, now: number): Family | OAuthError {
  const code = codes.get(fields.code ?? '')
  if (!code || code.expiresAt <= now) return oauthError('invalid_grant', 'The authorization code is not valid.')
  const { family } = code
  if (code.used) {
    revokeAccess(family)
    family.revoked = true
    return oauthError('invalid_grant', 'The authorization code has already been used.')
  }
  if (code.redirectUri !== fields.redirect_uri) {
    return oauthError('invalid_grant', 'The redirect_uri is not the one of the authorization request.')
  }
  const problem = verifierProblem(code.codeChallenge, fields.code_verifier ?? '')
  if (problem !== undefined) return oauthError('invalid_grant', problem)
  code.used = true
  return family
}
