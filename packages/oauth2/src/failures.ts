import { GrantError } from '@valetkey/core'

/** The vendor has answered, but nothing that could be used. */
export function unusable(description: string): GrantError {
  return new GrantError({ kind: 'unavailable', sent: true, description })
}

/** It failed before the request: no secret has left, no code and no refresh token is spent. */
export function unsent(description: string, kind: 'unavailable' | 'client_rejected' = 'unavailable'): GrantError {
  return new GrantError({ kind, sent: false, description })
}
