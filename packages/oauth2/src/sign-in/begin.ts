import type { GrantContext } from '@valetkey/core'
import { invalidOption, ownMembers } from '@valetkey/core/kit'
import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi'
import { scopeParameter } from '../endpoint.ts'
import type { BeginSignInOptions, PendingSignIn } from '../grants/authorization-code.ts'
import { resourceParameters } from '../options.ts'
import { OF_AUTHORIZATION_REQUESTS } from '../wire/parameters.ts'
import type { FormParameters } from '../wire/request.ts'
import { requireEndpoint } from '../wire/request.ts'
import type { SignInPlace } from './complete.ts'
import { signInFailed } from './errors.ts'
import { scopesToAsk } from './scopes.ts'

/** Time for a person to find their password; as long as authorization codes live at most (RFC 6749 §4.1.2). */
const SIGN_IN_MS = 10 * 60_000

/** An authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3). @throws CredentialError, GrantError */
export async function beginSignIn(
  place: Omit<SignInPlace, 'identity' | 'callbackPath' | 'store'>,
  options: BeginSignInOptions,
  context: GrantContext,
): Promise<{ url: URL; signIn: PendingSignIn }> {
  const { endpoint, redirectUri, pkce, credential, of, granted } = place
  const own = ownMembers(options)
  const { extra = {} } = own
  const scopes = await scopesToAsk(endpoint, own, granted)
  requireExtra(endpoint.vendor, extra)
  if (globalThis.crypto?.subtle === undefined) {
    throw signInFailed('no_web_crypto', 'a sign-in needs crypto.subtle: a page over https, or a polyfill of it', of)
  }
  const { endpoints, clientId, dialect } = endpoint
  const url = await requireEndpoint(endpoints, 'authorizationUrl', context)
  const issuer = await endpoints.issuer(context)
  const scope = scopeParameter({ scopes, dialect })
  const state = generateRandomState()
  const codeVerifier = pkce ? generateRandomCodeVerifier() : undefined
  const named = {
    ...endpoint.additions.authorizationParameters,
    ...extra,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    ...scope,
    state,
    ...(codeVerifier !== undefined && {
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    }),
  }
  const parameters = [...Object.entries(named), ...resourceParameters(endpoint)]
  const signIn: PendingSignIn = {
    state,
    ...(codeVerifier !== undefined && { codeVerifier }),
    redirectUri,
    credential,
    expiresAt: context.now() + SIGN_IN_MS,
    ...(issuer && { issuer: issuer.identifier }),
    ...(scope.scope !== undefined && { scopes }),
  }
  const sent = endpoint.push ? await endpoint.push(parameters, context) : parameters
  return { url: withQuery(url, sent), signIn }
}

function requireExtra(vendor: string, extra: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(extra)) {
    if (OF_AUTHORIZATION_REQUESTS.has(name)) throw invalidOption(vendor, 'extra', `must not hold "${name}"`)
    if (typeof value !== 'string') throw invalidOption(vendor, 'extra', 'must hold strings only')
  }
}

/** The URL's own query stays (RFC 6749 §3.1). */
function withQuery(url: URL, parameters: FormParameters): URL {
  const full = new URL(url)
  for (const [name] of parameters) full.searchParams.delete(name)
  for (const [name, value] of parameters) full.searchParams.append(name, value)
  return full
}
