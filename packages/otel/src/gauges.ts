import type { Attributes, BatchObservableResult, Meter } from '@opentelemetry/api'
import type { CredentialStatus } from '@valetkey/core'

/** Concurrent store reads when metrics are collected. */
const READS_AT_ONCE = 16

/** Reads the status of an account. */
export type ReadStatus = () => Promise<CredentialStatus>

/** Accounts that share a set of attributes: a gauge has one value for all of them. */
interface Group {
  readonly attributes: Attributes
  readonly accounts: Set<{ readonly read: ReadStatus }>
  /** The tokens whose end was reported. */
  readonly told: Set<Token>
}

type Token = 'access' | 'refresh'

/** Only a user can make them usable again, by signing in. */
const STATES = ['reauthorization_required', 'signed_out'] as const

interface Gauges {
  /** @returns a function that ends it */
  add(read: ReadStatus, attributes: Attributes): () => void
}

/**
 * Keyed by the meter, so that nothing outlives it. Of several observations of one set of attributes a meter keeps the last, not
 * the sum, so all calls of `instrument` share one callback.
 */
const gaugesOfMeter = new WeakMap<Meter, Gauges>()

/**
 * Gauges from `status()` when metrics are collected. It reads the store, and so includes refreshes and sign-ins of other processes;
 * events report these only when this process uses the credential.
 */
export function gaugesOf(meter: Meter): Gauges {
  const gauges = gaugesOfMeter.get(meter) ?? createGauges(meter)
  gaugesOfMeter.set(meter, gauges)
  return gauges
}

function createGauges(meter: Meter): Gauges {
  const timeToExpiry = meter.createObservableGauge('valetkey.token.time_to_expiry', {
    unit: 's',
    description: 'Time until the first access token ends, or until a user has to sign in (refresh); 0: ended',
  })
  const signInRequired = meter.createObservableGauge('valetkey.accounts.sign_in_required', {
    unit: '{account}',
    description: 'Accounts that only a person can make usable again, by signing in',
  })
  const observables = [timeToExpiry, signInRequired]
  const groups = new Map<string, Group>()

  const observe = async (result: BatchObservableResult): Promise<void> => {
    const tellEnd = ({ attributes, told }: Group, token: Token, seconds: number): void => {
      told.add(token)
      result.observe(timeToExpiry, seconds, { ...attributes, 'valetkey.token': token })
    }
    const tellStates = ({ attributes }: Group, statuses: readonly CredentialStatus[]): void => {
      for (const state of STATES) {
        const count = statuses.filter((status) => stateOf(status) === state).length
        result.observe(signInRequired, count, { ...attributes, 'valetkey.state': state })
      }
    }
    const known = await readStatuses([...groups.values()])
    for (const [name, group] of groups) {
      const statuses = known.get(group) ?? []
      if (group.accounts.size === 0) {
        // SDKs repeat the last value of a series that is no longer observed: an alert would never end.
        tellStates(group, [])
        for (const token of group.told) tellEnd(group, token, 0)
        groups.delete(name)
      } else if (statuses.length > 0) {
        tellStates(group, statuses)
        const access = firstEnd(statuses.map(accessEnd))
        // Ended tokens are counted elsewhere; they must not hide one that is about to end.
        const refresh = firstEnd(statuses.map(refreshEnd)) ?? (statuses.some(isOver) ? 0 : undefined)
        if (access !== undefined) tellEnd(group, 'access', secondsTo(access))
        if (refresh !== undefined) tellEnd(group, 'refresh', secondsTo(refresh))
      }
    }
    if (groups.size === 0) meter.removeBatchObservableCallback(observe, observables)
  }

  return {
    add(read, attributes) {
      const name = JSON.stringify(attributes)
      const group = groups.get(name) ?? { attributes, accounts: new Set(), told: new Set() }
      const account = { read }
      group.accounts.add(account)
      groups.set(name, group)
      meter.addBatchObservableCallback(observe, observables)
      return () => group.accounts.delete(account)
    },
  }
}

/** The accounts of a store that cannot be read are left out. */
async function readStatuses(groups: readonly Group[]): Promise<Map<Group, CredentialStatus[]>> {
  const statuses = new Map<Group, CredentialStatus[]>(groups.map((group) => [group, []]))
  const waiting = groups.flatMap((group) => [...group.accounts].map(({ read }) => ({ group, read })))
  const readAll = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { group, read } = next
      const status = await read().catch(() => undefined)
      if (status) statuses.get(group)?.push(status)
    }
  }
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readAll))
  return statuses
}

function stateOf(status: CredentialStatus): CredentialStatus['state'] {
  return status.state === 'ready' && status.reauthorization ? 'reauthorization_required' : status.state
}

/** Unix ms; 0: there is no valid token; `undefined`: not known. */
function accessEnd(status: CredentialStatus): number | undefined {
  return status.state === 'ready' ? status.expiresAt : 0
}

function refreshEnd(status: CredentialStatus): number | undefined {
  return isOver(status) ? undefined : status.refreshExpiresAt
}

function isOver(status: CredentialStatus): boolean {
  return STATES.some((state) => state === stateOf(status))
}

function firstEnd(ends: ReadonlyArray<number | undefined>): number | undefined {
  const known = ends.filter((end) => end !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function secondsTo(end: number): number {
  return Math.max(end - Date.now(), 0) / 1000
}
