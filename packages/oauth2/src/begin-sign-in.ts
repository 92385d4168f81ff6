import type { GrantContext } from '@valetkey/core'
import { invalidOption } from '@valetkey/core'
import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi'
import { requireEndpoint } from './endpoints.ts'
import { ownMembers } from './own-members.ts'
import { PACKAGE_NAME } from './package-name.ts'
import type { FormParameters } from './post-form.ts'
import { resourceParameters } from './resource.ts'
import type { BeginSignInOptions, PendingSignIn } from './sign-in-credential.ts'
import type { TokenEndpoint } from './token-endpoint.ts'
import { requireScopes, scopeParameter } from './token-endpoint.ts'

/** Time for a person to find their password; as long as authorization codes live at most (RFC 6749 §4.1.2). */
const SIGN_IN_MS = 10 * 60_000

/** Set here, or able to replace what is set here (RFC 9101). */
const RESERVED: ReadonlySet<string> = new Set([
  'response_type',
  'response_mode',
  'client_id',
  'client_secret',
  'redirect_uri',
  'scope',
  'resource',
  'state',
  'code_challenge',
  'code_challenge_method',
  'code_verifier',
  'request',
  'request_uri',
])

/** An authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3). @throws CredentialError `invalid_option`; GrantError */
export async function beginSignIn(
  endpoint: TokenEndpoint,
  redirectUri: string,
  options: BeginSignInOptions,
  context: GrantContext,
): Promise<{ url: URL; signIn: PendingSignIn }> {
  const { scopes = endpoint.scopes, extra = {} } = ownMembers(options)
  requireScopes(scopes)
  requireExtra(extra)
  const { endpoints, clientId, dialect } = endpoint
  const url = await requireEndpoint(endpoints, 'authorizationUrl', context)
  const issuer = await endpoints.issuer(context)
  const scope = scopeParameter({ scopes, dialect })
  const state = generateRandomState()
  const codeVerifier = generateRandomCodeVerifier()
  const named = {
    ...extra,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    ...scope,
    state,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  }
  const parameters = [...Object.entries(named), ...resourceParameters(endpoint)]
  const signIn: PendingSignIn = {
    state,
    codeVerifier,
    redirectUri,
    expiresAt: context.now() + SIGN_IN_MS,
    ...(issuer && { issuer: issuer.identifier }),
    ...(scope.scope !== undefined && { scopes }),
  }
  const sent = endpoint.push ? await endpoint.push(parameters, context) : parameters
  return { url: withQuery(url, sent), signIn }
}

function requireExtra(extra: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(extra)) {
    if (RESERVED.has(name)) throw invalidOption(PACKAGE_NAME, 'extra', `must not hold "${name}"`)
    if (typeof value !== 'string') throw invalidOption(PACKAGE_NAME, 'extra', 'must hold texts only')
  }
}

/** The URL's own query stays (RFC 6749 §3.1). */
function withQuery(url: URL, parameters: FormParameters): URL {
  const full = new URL(url)
  for (const [name] of parameters) full.searchParams.delete(name)
  for (const [name, value] of parameters) full.searchParams.append(name, value)
  return full
}
