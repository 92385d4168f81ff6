import { CredentialError } from './errors.ts'
import type { FlightResult } from './flight/state.ts'

/** Why there are no tokens. */
export type NegativeResult =
  | Exclude<FlightResult, { type: 'tokens' | 'unstored' | 'unavailable' }>
  /** `retryAt`: this machine's clock, Unix ms. */
  | {
      readonly type: 'unavailable'
      readonly retryAt: number
      readonly status?: number | undefined
      readonly reason: string
    }

/** The error that a waiting caller gets. */
export function negativeError(result: NegativeResult, of: { vendor: string; account: string }): CredentialError {
  const name = of.account === 'default' ? of.vendor : `${of.vendor} (${of.account})`
  switch (result.type) {
    case 'not-signed-in':
      return new CredentialError('not_signed_in', `${name}: nobody has signed in; sign in first`, of)
    case 'signed-out':
      return new CredentialError('not_signed_in', `${name}: signed out while the token was being obtained`, of)
    case 'dead':
      return new CredentialError(
        'reauthorization_required',
        `${name}: the grant is no longer usable (${result.reason}); sign in again`,
        {
          ...of,
          reason: result.reason,
          since: result.since,
        },
      )
    case 'rejected':
      return rejectedError(result.rejection, name, of)
    case 'unavailable':
      return unavailableError(result, name, of)
    case 'store':
      return storeError(result.reason, name, of)
    case 'unreadable':
      return new CredentialError(
        'record_unreadable',
        `${name}: the stored record cannot be read by this version or key; it was left as it is`,
        of,
      )
    case 'timeout':
    case 'nothing':
      return new CredentialError('timeout', `${name}: no token within "maxWaitMs"`, of)
  }
}

type Of = { vendor: string; account: string }

function rejectedError(
  rejection: Extract<NegativeResult, { type: 'rejected' }>['rejection'],
  name: string,
  of: Of,
): CredentialError {
  const { oauthError, description, status } = rejection
  const words =
    [oauthError, description].filter((word) => word !== undefined).join(': ') || `status ${status ?? 'unknown'}`
  const message = `${name}: the vendor refuses the configured client or sign-in (${words}); check its id, secret and password`
  return new CredentialError('client_rejected', message, { ...of, oauthError, description, status })
}

function unavailableError(
  result: Extract<NegativeResult, { type: 'unavailable' }>,
  name: string,
  of: Of,
): CredentialError {
  const { retryAt, status, reason } = result
  const message = `${name}: the token endpoint cannot be used now (${reason}); try again after ${new Date(retryAt).toISOString()}`
  return new CredentialError('token_unavailable', message, { ...of, retryAt, status })
}

function storeError(reason: string | undefined, name: string, of: Of): CredentialError {
  const message = `${name}: the token store cannot be used and no valid token is in memory (${reason ?? 'no answer'})`
  return new CredentialError('store_unavailable', message, of)
}
