/** What a token request is refused for (RFC 6749 §5.2). */
export interface OAuthError {
  readonly error:
    | 'invalid_request'
    | 'invalid_client'
    | 'invalid_grant'
    | 'unauthorized_client'
    | 'unsupported_grant_type'
    | 'invalid_scope'
    /** RFC 8707 §2. */
    | 'invalid_target'
    /** RFC 8628 §3.5. */
    | 'authorization_pending'
    | 'slow_down'
    | 'access_denied'
    | 'expired_token'
  readonly description: string
}

export function oauthError(error: OAuthError['error'], description: string): OAuthError {
  return { error, description }
}

/** No cache keeps an answer of a token endpoint (RFC 6749 §5.1). */
export const NO_STORE: Readonly<Record<string, string>> = { 'cache-control': 'no-store', pragma: 'no-cache' }

export function oauthErrorResponse({ error, description }: OAuthError): Response {
  const status = error === 'invalid_client' ? 401 : 400
  return Response.json({ error, error_description: description }, { status, headers: NO_STORE })
}
