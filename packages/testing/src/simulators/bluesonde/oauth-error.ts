/** What a token request is refused for (RFC 6749 §5.2). */
export interface OAuthError {
  readonly error: 'invalid_request' | 'invalid_client' | 'invalid_grant' | 'unsupported_grant_type'
  readonly description: string
}

export function oauthError(error: OAuthError['error'], description: string): OAuthError {
  return { error, description }
}

/** Ory's servers forbid caches for every answer of the token endpoint. */
export const NO_STORE: Readonly<Record<string, string>> = { 'cache-control': 'no-store', pragma: 'no-cache' }

export function oauthErrorResponse({ error, description }: OAuthError): Response {
  const status = error === 'invalid_client' ? 401 : 400
  return Response.json({ error, error_description: description }, { status, headers: NO_STORE })
}
