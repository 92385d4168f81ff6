import { originOf } from '@valetkey/core/kit'
import type { Account } from '../accounts.ts'
import type { Io } from '../io.ts'
import type { Check } from './check.ts'

const PATIENCE_MS = 10_000
/** A larger difference affects signed client assertions and the clock of a shared store. */
const MOST_SKEW_MS = 60_000

/** The hosts of these accounts: whether they answer, and what time they have. */
export async function checkHosts(accounts: readonly Account[], io: Pick<Io, 'signal'>): Promise<Check[]> {
  const origins = new Set(accounts.flatMap(originsOf))
  const checks = await Promise.all([...origins].toSorted().map((origin) => checkHost(origin, io.signal)))
  return checks.flat()
}

/** URLs of this machine, and URLs that are names and lead to no server. */
const NO_HOSTS = [
  'redirectUri',
  'resource',
  'audience',
  'clientId',
  'subjectTokenType',
  'actorTokenType',
  'requestedTokenType',
]

/** Those that the options name, else those that the vendor's package knows. A pattern of origins names no host that could answer. */
function originsOf({ vendor, options }: Account): string[] {
  const named = Object.entries(options)
    .flatMap(([name, value]) => (NO_HOSTS.includes(name) ? [] : [value].flat().map(String)))
    .filter((text) => !text.includes('://*.'))
  const given = named.flatMap((text) => originOf(text) ?? [])
  return given.length > 0 ? given : vendor.description.hosts.flatMap((text) => originOf(text) ?? [])
}

async function checkHost(origin: string, signal: AbortSignal): Promise<Check[]> {
  const startedAt = Date.now()
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    const response = await fetch(origin, { method: 'HEAD', redirect: 'manual', signal: limit })
    const middle = (startedAt + Date.now()) / 2
    const reached: Check = { subject: origin, state: 'ok', detail: 'answers' }
    return [reached, ...checkClock(origin, response.headers.get('date'), middle)]
  } catch (error) {
    signal.throwIfAborted()
    return [{ subject: origin, state: 'failed', detail: `does not answer${reasonOf(error)}` }]
  }
}

function checkClock(origin: string, date: string | null, now: number): Check[] {
  const skewMs = now - Date.parse(date ?? '')
  if (Number.isNaN(skewMs)) return []
  const subject = 'clock'
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return [{ subject, state: 'ok', detail: `as the clock of ${origin}` }]
  const seconds = Math.round(Math.abs(skewMs) / 1_000)
  const direction = skewMs > 0 ? 'ahead of' : 'behind'
  return [
    { subject, state: 'warning', detail: `${seconds} s ${direction} the clock of ${origin}; set this machine's clock` },
  ]
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
}
