import { mustRenew } from './expiry.ts'
import { routeOf } from './flight/decide.ts'
import type { FlightPolicy, Known } from './flight/state.ts'
import type { CredentialStatus } from './token-credential.ts'

/** @param toLocal from the store's clock to this machine's, Unix ms */
export function credentialStatus(
  policy: FlightPolicy,
  known: Known,
  toLocal: (storeTime: number) => number,
): CredentialStatus {
  const tokens = known.record?.tokens
  const route = routeOf(policy, known)
  const renewable = typeof route !== 'object'
  if (tokens && !mustRenew(tokens, known.now, policy.windows)) {
    return {
      state: 'ready',
      renewable,
      ...(tokens.expiresAt !== undefined && { expiresAt: toLocal(tokens.expiresAt) }),
      ...(tokens.scopes && { scopes: tokens.scopes }),
    }
  }
  if (renewable) return { state: 'renewable' }
  if (route.type !== 'dead') return { state: 'signed-out' }
  return { state: 'reauthorization-required', reason: route.reason, since: toLocal(route.since) }
}
