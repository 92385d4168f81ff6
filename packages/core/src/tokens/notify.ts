import type { EventHub } from '../events.ts'
import { accessSetOf, type Snapshot } from '../refresh/run.ts'
import { within } from '../time.ts'
import type { LifecycleChange } from './flights.ts'
import { type GrantCaller, grantContext, type ObtainedTokens, REQUEST_LIMIT_MS } from './grant.ts'

/** Emits the event of a change to the listeners of a credential. */
export function emitChange(effect: LifecycleChange, hub: EventHub, caller: GrantCaller): void {
  const { account } = caller
  switch (effect.type) {
    case 'obtained': {
      const { mode, ...request } = effect.request
      return hub.emit(mode === 'acquire' ? 'acquired' : 'refreshed', account, request)
    }
    case 'waited': {
      const { generation, durationMs } = effect
      return hub.emit(effect.type, account, { generation, durationMs })
    }
    case 'remember':
      return hub.emit('adopted', account, { generation: generationOf(effect.snapshot) })
    case 'failed':
      return emitFailure(effect, hub, caller)
    case 'degraded':
      return hub.emit('store_degraded', account, { generation: 0, reason: effect.reason ?? 'no answer' })
    case 'due': {
      const { generation, refreshExpiresAt } = effect
      return hub.emit('reauthorization_due', account, { generation, refreshExpiresAt })
    }
    case 'went_back':
      return hub.emit('store_went_back', account, { generation: effect.generation })
    case 'revoke':
      return void revokeQuietly(caller, effect.tokens)
    case 'deliver':
  }
}

function generationOf({ record }: Snapshot): number {
  return record === undefined ? 0 : accessSetOf(record).generation
}

/** A grant with `acquire` gets new tokens without a person, so there is no event that asks for one. */
function emitFailure(
  { failure, request }: LifecycleChange & { type: 'failed' },
  hub: EventHub,
  { account, grant }: GrantCaller,
): void {
  const { kind, oauthError, status } = failure
  const { generation, ...rest } = request
  hub.emit('refresh_failed', account, { generation, reason: oauthError ?? kind, status, ...rest })
  if (kind === 'reauthorization_required' && !grant.acquire)
    hub.emit('reauthorization_required', account, { generation, reason: oauthError ?? kind })
}

/** @returns whether the vendor confirmed it. A revocation is a courtesy: the tokens are gone from the store already. */
export async function revokeQuietly(caller: GrantCaller, tokens: ObtainedTokens): Promise<boolean> {
  const { grant, clock } = caller
  if (!grant.revoke) return false
  const limit = new AbortController()
  try {
    const { accessToken, tokenType, refreshToken, scopes, extra } = tokens
    const set = { accessToken, tokenType, refreshToken, scopes, extra: extra && { ...extra } }
    const revoking = grant.revoke(set, { ...grantContext(caller), signal: limit.signal })
    await within(clock, REQUEST_LIMIT_MS, revoking, () => limit.abort())
    return !limit.signal.aborted
  } catch {
    return false
  }
}
