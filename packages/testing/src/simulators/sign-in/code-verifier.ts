import { createHash } from 'node:crypto'

/** Why a token request's `code_verifier` does not fit its code (RFC 7636 §4.6, S256). */
export function verifierProblem(codeChallenge: string | undefined, verifier: string): string | undefined {
  if (codeChallenge === undefined) {
    return verifier === ''
      ? undefined
      : 'There is a code_verifier, but the authorization request had no code_challenge.'
  }
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return 'The code_verifier must be 43 to 128 unreserved characters.'
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  return challenge === codeChallenge ? undefined : 'The code_verifier does not match the code_challenge.'
}
