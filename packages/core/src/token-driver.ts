import type { EventHub } from './events.ts'
import type { NoticeEffect } from './flight/run-flight.ts'
import type { Failed, ObtainedTokens } from './flight/state.ts'
import type { Driver } from './flights.ts'
import { type GrantCaller, grantContext, REQUEST_LIMIT_MS } from './grant-call.ts'
import { innermostFetch } from './innermost-fetch.ts'
import type { CredentialOptions, TokenCredentialDefinition } from './token-credential.ts'
import type { TokenSettings } from './token-settings.ts'

/** How one credential obtains tokens, and what its listeners are told. */
export function createDriver(
  definition: TokenCredentialDefinition,
  options: CredentialOptions,
  settings: TokenSettings,
  hub: EventHub,
): Driver {
  const { grant } = definition
  const { key, account, store, clock, windows, maxWaitMs } = settings
  const shell = {
    grant,
    account,
    store,
    clock,
    get fetch() {
      return innermostFetch(options.fetch ?? globalThis.fetch)
    },
  }
  const policy = {
    key,
    canIssue: grant.issue !== undefined,
    canRefresh: grant.refresh !== undefined,
    windows,
    maxWaitMs,
  }
  return { shell, policy, waitUntil: options.waitUntil, notice: (effect) => tell(effect, hub, shell) }
}

function tell(effect: NoticeEffect, hub: EventHub, caller: GrantCaller): void {
  const { account } = caller
  switch (effect.type) {
    case 'obtained': {
      const { generation, durationMs } = effect
      return hub.emit(effect.mode === 'issue' ? 'issued' : 'refreshed', account, { generation, durationMs })
    }
    case 'remember':
      return hub.emit('adopted', account, { generation: effect.known.record?.generation ?? 0 })
    case 'failed':
      return tellFailure(effect.failure, effect.generation, hub, caller)
    case 'degraded':
      return hub.emit('store-degraded', account, { generation: 0, reason: effect.reason ?? 'no answer' })
    case 'revoke':
      return void revokeQuietly(caller, effect.tokens)
    case 'deliver':
  }
}

/** A grant that can issue signs in again by itself: then nobody has to be told that a person is needed. */
function tellFailure(failure: Failed, generation: number, hub: EventHub, { account, grant }: GrantCaller): void {
  const { kind, oauthError, status } = failure
  hub.emit('refresh-failed', account, { generation, reason: oauthError ?? kind, status })
  if (kind === 'grant_dead' && !grant.issue)
    hub.emit('reauthorization-required', account, { generation, reason: oauthError ?? kind })
}

/** @returns whether the vendor confirmed it. A revocation is a courtesy: the tokens are gone from the store already. */
export async function revokeQuietly(caller: GrantCaller, tokens: ObtainedTokens): Promise<boolean> {
  const { grant, clock } = caller
  if (!grant.revoke) return false
  const finished = new AbortController()
  const limit = new AbortController()
  void clock.sleep(REQUEST_LIMIT_MS, finished.signal).then(() => limit.abort())
  try {
    const { accessToken, tokenType, refreshToken, scopes, extra } = tokens
    const set = { accessToken, tokenType, refreshToken, scopes, extra: extra && { ...extra } }
    await grant.revoke(set, { ...grantContext(caller), signal: limit.signal })
    return true
  } catch {
    return false
  } finally {
    finished.abort()
  }
}
