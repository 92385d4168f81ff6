import {
  type Application,
  type AuthorizationProblem,
  type AuthorizationRequest,
  type AuthorizationRules,
  type AuthorizationServer,
  type CallbackParameters,
  problem,
} from './authorization-server.ts'

/** What becomes of an authorization request: an error page, the way back with an error, or a question to a person. */
export type CheckedRequest =
  | { readonly outcome: 'error-page'; readonly problem: AuthorizationProblem }
  | { readonly outcome: 'callback'; readonly url: string }
  | { readonly outcome: 'ask'; readonly application: Application; readonly request: AuthorizationRequest }

type Parameters = URLSearchParams

/** Nothing is ever sent to a redirect URI that is not registered (RFC 6749 §4.1.2.1). */
export function checkRequest(
  { application, rules }: Pick<AuthorizationServer, 'application' | 'rules'>,
  parameters: Parameters,
): CheckedRequest {
  const redirectUri = parameters.get('redirect_uri') ?? ''
  if (!application || parameters.get('client_id') !== application.clientId) {
    return { outcome: 'error-page', problem: problem('invalid_client', 'The application is not known.') }
  }
  if (!isRegistered(redirectUri, application)) {
    const description = `The redirect_uri "${redirectUri}" is not registered for this application.`
    return { outcome: 'error-page', problem: problem('invalid_request', description) }
  }
  const request = readRequest(redirectUri, rules, parameters)
  const refused = refuseScopes(request, application) ?? refuse(rules, parameters)
  return refused ? { outcome: 'callback', url: request.callback(refused) } : { outcome: 'ask', application, request }
}

/** Compared as texts (RFC 9700 §2.1), except for the port of a loopback address where that is allowed. */
function isRegistered(uri: string, { redirectUris, anyLoopbackPort }: Application): boolean {
  return redirectUris.some((known) => known === uri || (anyLoopbackPort && withoutPort(known) === withoutPort(uri)))
}

/** The URI itself unless it is a loopback address: then no port counts. */
function withoutPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d+/, '$1')
}

function readRequest(
  redirectUri: string,
  { defaultScopes }: AuthorizationRules,
  parameters: Parameters,
): AuthorizationRequest {
  const scopes = parameters.get('scope')?.split(' ').filter(Boolean)
  const state = parameters.get('state')
  return {
    redirectUri,
    scopes: scopes ?? defaultScopes,
    codeChallenge: parameters.get('code_challenge') ?? undefined,
    parameters,
    callback: (more) => addQuery(redirectUri, state === null ? more : { ...more, state }),
  }
}

/** Does not change the registered query. */
function addQuery(uri: string, parameters: CallbackParameters): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams(parameters)}`
}

function refuseScopes(request: AuthorizationRequest, application: Application): CallbackParameters | undefined {
  const { scopes } = application
  const foreign = scopes === 'any' ? undefined : request.scopes.find((scope) => !scopes.includes(scope))
  if (foreign === undefined) return undefined
  return problem('invalid_scope', `The application is not registered for the scope "${foreign}".`)
}

function refuse(rules: AuthorizationRules, parameters: Parameters): CallbackParameters | undefined {
  const responseType = parameters.get('response_type') ?? (rules.responseType === 'optional' ? 'code' : '')
  if (responseType !== 'code') return problem('unsupported_response_type', 'The response_type must be "code".')
  if ((parameters.get('state') ?? '').length < rules.stateMinLength) {
    return problem('invalid_state', `The state must have at least ${rules.stateMinLength} characters.`)
  }
  return refuseChallenge(rules, parameters)
}

/** `plain`, which RFC 7636 §4.3 means where no method stands, is not taken. */
function refuseChallenge(
  { codeChallenge }: AuthorizationRules,
  parameters: Parameters,
): CallbackParameters | undefined {
  if (!parameters.has('code_challenge')) {
    return codeChallenge === 'required'
      ? problem('invalid_request', 'An application without a secret must send a code_challenge.')
      : undefined
  }
  return parameters.get('code_challenge_method') === 'S256'
    ? undefined
    : problem('invalid_request', 'The code_challenge_method must be S256.')
}
