import type { Attributes, BatchObservableResult, Meter } from '@opentelemetry/api'
import type { CredentialStatus } from '@valetkey/core'
import type { ObservedCredential } from './observed.ts'

/** So many stores are read at once when metrics are collected. */
const READS_AT_ONCE = 16

/** Credentials that share a set of attributes: a gauge has one value for all of them. */
interface Group {
  readonly attributes: Attributes
  readonly credentials: Set<{ readonly credential: ObservedCredential }>
  /** Of which tokens an end was told. */
  readonly told: Set<Token>
}

type Token = 'access' | 'refresh'

interface Gauges {
  /** @returns what ends it */
  add(credential: ObservedCredential, attributes: Attributes): () => void
}

/**
 * Held by the meter itself, so that nothing outlives it: of several observations of one set of attributes a meter keeps the last, not
 * the sum, so all calls of `instrument` share one callback.
 */
const gaugesOfMeter = new WeakMap<Meter, Gauges>()

/**
 * What `status()` says when metrics are collected. It reads the store, and so knows of refreshes and sign-ins of other processes;
 * events would say nothing of them until this process uses the credential.
 */
export function gaugesOf(meter: Meter): Gauges {
  const gauges = gaugesOfMeter.get(meter) ?? createGauges(meter)
  gaugesOfMeter.set(meter, gauges)
  return gauges
}

function createGauges(meter: Meter): Gauges {
  const timeToExpiry = meter.createObservableGauge('valetkey.token.time_to_expiry', {
    unit: 's',
    description:
      'Time until the first access token ends, or until the first account needs a person (refresh); 0: ended',
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
    const statuses = await readStatuses([...groups.values()])
    for (const [name, group] of groups) {
      const { attributes, credentials, told } = group
      const known = statuses.get(group) ?? []
      if (credentials.size === 0) {
        // SDKs repeat the last value of what is observed no more: an alert would stay for ever.
        result.observe(signInRequired, 0, attributes)
        for (const token of told) tellEnd(group, token, 0)
        groups.delete(name)
      } else if (known.length > 0) {
        result.observe(signInRequired, known.filter(needsPerson).length, attributes)
        const access = firstEnd(known.map(accessEnd))
        const refresh = firstEnd(known.map(refreshEnd))
        if (access !== undefined) tellEnd(group, 'access', secondsTo(access))
        if (refresh !== undefined) tellEnd(group, 'refresh', secondsTo(refresh))
      }
    }
    if (groups.size === 0) meter.removeBatchObservableCallback(observe, observables)
  }

  return {
    add(credential, attributes) {
      const name = JSON.stringify(attributes)
      const group = groups.get(name) ?? { attributes, credentials: new Set(), told: new Set() }
      const entry = { credential }
      group.credentials.add(entry)
      groups.set(name, group)
      meter.addBatchObservableCallback(observe, observables)
      return () => group.credentials.delete(entry)
    },
  }
}

/** A store that cannot be read says nothing of its accounts: they are left out. */
async function readStatuses(groups: readonly Group[]): Promise<Map<Group, CredentialStatus[]>> {
  const statuses = new Map<Group, CredentialStatus[]>()
  const waiting = groups.flatMap((group) => [...group.credentials].map(({ credential }) => ({ group, credential })))
  const readAll = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { group, credential } = next
      const status = await credential.status?.().catch(() => undefined)
      if (status) statuses.set(group, [...(statuses.get(group) ?? []), status])
    }
  }
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readAll))
  return statuses
}

function needsPerson(status: CredentialStatus): boolean {
  return status.state === 'ready' ? status.reauthorization !== undefined : status.state !== 'renewable'
}

/** Unix ms; 0: there is none that is valid; `undefined`: nobody knows. */
function accessEnd(status: CredentialStatus): number | undefined {
  return status.state === 'ready' ? status.expiresAt : 0
}

function refreshEnd(status: CredentialStatus): number | undefined {
  return needsPerson(status) ? 0 : status.refreshExpiresAt
}

function firstEnd(ends: ReadonlyArray<number | undefined>): number | undefined {
  const known = ends.filter((end) => end !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function secondsTo(end: number): number {
  return Math.max(end - Date.now(), 0) / 1000
}
