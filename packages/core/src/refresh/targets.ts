import { ownMembers } from '../members.ts'
import {
  type GrantRecord,
  KEYED_RETAIN_MS,
  type SetOfAccess,
  type StoredOther,
  type StoredTokens,
  TOMBSTONE_RETAIN_MS,
} from '../tokens/record.ts'

/**
 * A grant may give access tokens for several targets (APIs), all by its one refresh token. One record holds them: `tokens` has
 * the refresh token and the credential's own access token, `others` the access tokens of the other targets. A flight for a
 * target works on the record as that target sees it: its own access token in `tokens`, and the credential's own among the
 * others, under the name `''`. So the lease, the refresh token and what ends the grant are common to all targets.
 */
const MAIN = ''

/** Of so many targets access tokens are kept; of the oldest of more, the next use gets another. */
export const MAX_TARGETS = 32

/** The stored record as `target` sees it; `undefined`: the credential's own view, which is the record as it is. */
export function viewOf(record: GrantRecord, target: string | undefined): GrantRecord {
  if (target === undefined) return record
  const { [target]: own, ...rest } = othersOf(record)
  const { tokens } = record
  return ownMembers({
    ...record,
    tokens: tokens && withAccess(tokens, own, record),
    failure: own?.failure,
    rejection: own?.rejection,
    strikes: own?.strikes,
    others: { setId: record.setId, of: ownMembers({ ...rest, [MAIN]: entryOf(record) }) },
  })
}

/** What is stored of a record as `target` sees it: the reverse of `viewOf`. */
export function storedOf(view: GrantRecord, target: string | undefined): GrantRecord {
  if (target === undefined) return view
  const { [MAIN]: main, ...rest } = othersOf(view)
  const { tokens } = view
  const own = entryOf(view)
  const isEmpty = !own.tokens?.accessToken && !own.failure && !own.rejection && !own.strikes
  const of = newestOf(isEmpty ? rest : { ...rest, [target]: own })
  return ownMembers({
    ...view,
    tokens: tokens && withAccess(tokens, main, view),
    failure: main?.failure,
    rejection: main?.rejection,
    strikes: main?.strikes,
    others: Object.keys(of).length === 0 ? undefined : { setId: view.setId, of },
  })
}

/**
 * How long the store keeps a record as it is stored, ms; `undefined`: for ever. What a program can acquire again without a user is kept
 * until a day after its last access token, when notes about failures and refusals have ended, too. A refresh token is kept.
 * @param now the store's clock, Unix ms
 */
export function retainMsOf(
  record: GrantRecord,
  now: number,
  canAcquire: boolean,
  isKeyedBySecrets: boolean | undefined,
): number | undefined {
  const isKept = !record.signedOut && (!canAcquire || record.tokens?.refreshToken !== undefined)
  const ends = [record, ...Object.values(othersOf(record))].map(({ tokens }) =>
    tokens?.accessToken ? (tokens.expiresAt ?? Infinity) : now,
  )
  const endsAt = isKept ? Infinity : Math.max(now, ...ends)
  return endsAt < Infinity ? endsAt - now + TOMBSTONE_RETAIN_MS : isKeyedBySecrets ? KEYED_RETAIN_MS : undefined
}

/** The same access tokens of other targets, in a record that holds another refresh token of the same grant. */
export function othersUnder(setId: string, { others }: GrantRecord): GrantRecord['others'] {
  return others && { ...others, setId }
}

/**
 * The set that the access token of this view is of. Sets that were obtained for other targets came later: they have another
 * refresh token and generation, and this access token is as good as before.
 */
export function accessSetOf({ tokens, setId, generation }: GrantRecord): SetOfAccess {
  return (tokens && ownMembers(tokens).set) ?? { setId, generation }
}

function othersOf({ others, setId }: GrantRecord): Readonly<Record<string, StoredOther>> {
  return others?.setId === setId ? others.of : ownMembers({})
}

function entryOf(record: GrantRecord): StoredOther {
  const { tokens, failure, rejection, strikes } = record
  const {
    refreshToken: _,
    refreshExpiresAt: __,
    set: ___,
    ...access
  } = ownMembers(tokens ?? {}) as Partial<StoredTokens>
  return ownMembers({
    ...accessSetOf(record),
    tokens: tokens && (access as StoredTokens),
    failure,
    rejection,
    strikes,
  })
}

/** The refresh token of `tokens` with the access token of an entry, or without one where the target has none yet. */
function withAccess(tokens: StoredTokens, entry: StoredOther | undefined, record: GrantRecord): StoredTokens {
  const { refreshToken, refreshExpiresAt, tokenType, issuedAt, scopes, extra } = ownMembers(tokens)
  const isOfRecord = entry === undefined || entry.setId === record.setId
  const access = entry?.tokens ?? { accessToken: '', tokenType, issuedAt, scopes, extra }
  const set = entry?.tokens && !isOfRecord ? { setId: entry.setId, generation: entry.generation } : undefined
  return ownMembers({ ...access, refreshToken, refreshExpiresAt, set })
}

function newestOf(entries: Readonly<Record<string, StoredOther>>): Readonly<Record<string, StoredOther>> {
  const newest = Object.entries(entries).sort(([, a], [, b]) => b.generation - a.generation)
  return ownMembers(Object.fromEntries(newest.slice(0, MAX_TARGETS)))
}
