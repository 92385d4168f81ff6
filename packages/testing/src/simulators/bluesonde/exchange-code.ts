import { createHash } from 'node:crypto'

import type { Code, Family, Ledger } from './ledger.ts'
import { type OAuthError, oauthError } from './oauth-error.ts'

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
  const problem = verifierProblem(code, fields.code_verifier ?? '')
  if (problem !== undefined) return oauthError('invalid_grant', problem)
  code.used = true
  return family
}

/** RFC 7636 §4.6. */
function verifierProblem({ codeChallenge }: Code, verifier: string): string | undefined {
  if (codeChallenge === undefined) {
    return verifier === ''
      ? undefined
      : 'There is a code_verifier, but the authorization request had no code_challenge.'
  }
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return 'The code_verifier must be 43 to 128 unreserved characters.'
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  return challenge === codeChallenge ? undefined : 'The code_verifier does not match the code_challenge.'
}
