import { type FlightPolicy, readSnapshot, routeOf, type Snapshot, storeFailure } from '../refresh/run.ts'
import type { CredentialStatus } from '../token-credential.ts'
import type { AccountTokens } from './account.ts'
import type { NegativeResult } from './memory.ts'

/** What a look at the store finds, and what a use would do with it. */
export interface FoundRecord {
  readonly policy: FlightPolicy
  readonly snapshot: Snapshot
  readonly route: ReturnType<typeof routeOf>
}

/** Sends nothing. */
export async function look(account: AccountTokens): Promise<FoundRecord | { readonly problem: NegativeResult }> {
  const { store, clock, target } = account.settings()
  const found = await account.findOrProblem()
  if ('problem' in found) return found
  const snapshot = await readSnapshot({ store, clock }, found.key, false, target).catch(storeFailure)
  if ('type' in snapshot) return { problem: snapshot }
  const { policy } = found
  return { policy, snapshot, route: routeOf(policy, snapshot) }
}

/** What the store says; with the store down, what memory holds. @throws CredentialError as `TokenCredential.status` */
export async function readStatus(account: AccountTokens): Promise<CredentialStatus> {
  const { clock } = account.settings()
  const found = await look(account)
  if (!('problem' in found)) {
    const { now, mono } = found.snapshot
    const offsetMs = clock.now() - now - (clock.monotonic() - mono)
    const { statusOf } = await import('./seldom.ts')
    return statusOf(found, offsetMs)
  }
  const { problem } = found
  const held = problem.type === 'record_unreadable' ? undefined : account.current()?.lifecycle.memory.usable(-1)
  const error = account.error(problem)
  if (!held) throw error
  const reason = 'reason' in problem ? (problem.reason ?? 'no answer') : problem.type
  const retryAt = problem.type === 'token_unavailable' ? { retryAt: problem.retryAt } : {}
  const lastError = { code: error.code, reason, at: Math.round(clock.now()), ...retryAt }
  const { statusFromMemory } = await import('./seldom.ts')
  return statusFromMemory(held, lastError)
}
