import type { CredentialErrorInit, GrantContext, TokenSet, TokenStore } from '@valetkey/core'
import { isGrantError } from '@valetkey/core'
import type { Callback } from './callback.ts'
import { readCallback } from './callback.ts'
import { checkIssuer } from './callback-issuer.ts'
import { describe } from './describe.ts'
import { asRecord } from './own-members.ts'
import type { PendingSignIn } from './sign-in-credential.ts'
import { signInFailed } from './sign-in-error.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { requestTokens } from './token-request.ts'
import { markUsed } from './used-states.ts'

/** As standards write them; anything else is no text for a program to rely on, or a page to show. */
const CODE_OF_ERROR = /^[a-z0-9_]{1,64}$/i

/** Where a sign-in is completed. */
export interface SignInPlace {
  readonly endpoint: TokenEndpoint
  readonly identity: readonly string[]
  readonly store: TokenStore
  readonly of: CredentialErrorInit
}

/** The tokens that a callback is good for, once. @throws CredentialError, GrantError */
export async function completeSignIn(
  { endpoint, identity, store, of }: SignInPlace,
  callbackUrl: URL | string,
  signIn: PendingSignIn,
  context: GrantContext,
): Promise<TokenSet> {
  requirePending(signIn, of)
  const callback = await readCallback(callbackUrl, signIn, of, context.now())
  await checkIssuer(endpoint.endpoints, callback.issuer, signIn, of, context)
  const takeBack = await markUsed(store, identity, signIn.state, of)
  const code = requireCode(callback, signIn, of)
  try {
    const tokens = await exchange(endpoint, code, signIn, context)
    return { ...tokens, scopes: tokens.scopes ?? signIn.scopes }
  } catch (error) {
    // An outage is no reason to send the user through the vendor's pages once more.
    if (isGrantError(error) && error.failure.kind === 'unavailable') await takeBack()
    throw error
  }
}

/** It comes from a session, which may have been lost. */
function requirePending(signIn: unknown, of: CredentialErrorInit): void {
  const { state, codeVerifier, redirectUri, expiresAt } = asRecord(signIn)
  const isWhole = [state, codeVerifier, redirectUri].every((text) => typeof text === 'string' && text !== '')
  if (isWhole && URL.canParse(String(redirectUri)) && typeof expiresAt === 'number') return
  throw signInFailed('no_sign_in', 'there is no sign-in that this callback could answer; sign in again', of)
}

function requireCode(
  { code, error, description }: Callback,
  { state, codeVerifier }: PendingSignIn,
  of: CredentialErrorInit,
): string {
  const secrets = [state, codeVerifier, code ?? '']
  if (error !== undefined) {
    const reason = describe(CODE_OF_ERROR.exec(error)?.[0], secrets) ?? 'refused'
    const words = [reason, describe(description, secrets)].filter(Boolean).join(': ')
    throw signInFailed(reason, `the vendor or the user refused the sign-in (${words})`, of)
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
  const parameters = { code, redirect_uri: redirectUri, code_verifier: codeVerifier }
  const request = { grantType: 'authorization_code', parameters, secrets: [code, codeVerifier, state] }
  return requestTokens(endpoint, request, context)
}
