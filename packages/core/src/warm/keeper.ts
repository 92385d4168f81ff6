import { CredentialError, isCredentialError } from '../errors.ts'
import { hasMethods, ownMembers } from '../members.ts'
import { readSnapshot, type Snapshot, STRIKE_AGE_MS, storeFailure } from '../refresh/run.ts'
import { boundedWait, type Clock, systemSleep, throwIfAborted } from '../time.ts'
import type { TokenCredential } from '../token-credential.ts'
import { type Kept, keptOf } from '../tokens/create.ts'
import { REQUEST_LIMIT_MS } from '../tokens/grant.ts'
import { aheadMs, judgeEnd, type Plan, planOf, ruleOf, type SeenEnd, spreadOf, type Warmth, warmthOf } from './ends.ts'

/** What came of a look at an account. Times in Unix ms, by this machine's clock. */
export interface WarmedAccount {
  readonly vendor: string
  readonly account: string
  /**
   * - `refreshed`: its refresh token was used, by this process or by another one at the same time;
   * - `not_due`: it is to be used at `dueAt`; absent: nothing is known that would end it;
   * - `not_needed`: its grant gets tokens without a person, and has no refresh token that lives;
   * - `reauthorization_due`: it works, and only a person can give what comes after `endsAt`;
   * - `reauthorization_required`: a person must sign in;
   * - `signed_out`: there is nothing to keep;
   * - `failed`: `error` says why, and it is tried again.
   */
  readonly outcome:
    | 'refreshed'
    | 'not_due'
    | 'not_needed'
    | 'reauthorization_due'
    | 'reauthorization_required'
    | 'signed_out'
    | 'failed'
  /** When it ends unless it is used, as far as that is known. */
  readonly endsAt?: number
  readonly dueAt?: number
  readonly error?: CredentialError
}

/** What a keeper keeps. */
export interface Keeping {
  readonly credential: TokenCredential
  readonly kept: Kept
  readonly clock: Clock
  readonly beforeMs: number | undefined
  readonly idleMs: number | undefined
  /** Whether accounts that sign in are kept, too. */
  readonly isOpen: boolean
  /** @throws CredentialError `store_unavailable` */
  accounts(): Promise<readonly string[]>
}

/** Keeps the accounts of one credential warm. */
export interface Keeper {
  /** Looks at every account once. @throws CredentialError where the accounts cannot be listed; `signal.reason` */
  pass(force: boolean, signal?: AbortSignal): Promise<WarmedAccount[]>
  /** Looks at every account each `everyMs`, and at one that is due at its time, until it is closed. Never rejects. */
  run(everyMs: number): Promise<void>
  /** Begins nothing more. */
  stop(): void
}

/** So many token requests of one credential at once, and reads of the store. */
const AT_ONCE = 4
/** An account that could not be refreshed is looked at again after this, or when the vendor wants to be asked again. */
const PAUSE_MIN_MS = 1_000
/** There is time until the end: this share of it, an hour at most, passes before a vendor that gives no tokens is asked again. */
const RETRY_SHARE = 0.02
const RETRY_MAX_MS = 60 * 60_000
/** Processes that share a store do not look at an account at one moment: the first one's refresh is then seen by the others. */
const OWN_DELAY_SHARE = 0.1
const OWN_DELAY_MAX_MS = 60_000
/** So many accounts in a row without an answer of the vendor: then one at a time asks, and the others wait for it. */
const OUTAGE_ACCOUNTS = 3
/** A refresh within that time is not followed by another one, even if asked for: two in a row would look like refusals. */
const FRESH_MS = STRIKE_AGE_MS

interface Entry {
  readonly account: string
  /** When it is looked at; Unix ms, by this machine's clock. */
  at: number
  seen: SeenEnd | undefined
  /** Waits for the vendor to answer others. */
  isHeld: boolean
  /** The generation whose end people were told of. */
  toldOf: number
  /** Its record cannot be read, and that was told. */
  isUnreadable: boolean
}

/** @throws CredentialError `invalid_option` for lifetimes that are none */
export function createKeeper({ credential, kept, clock, isOpen, accounts, ...times }: Keeping): Keeper {
  const { store, grant, keyStart } = kept.settings()
  const { vendor } = credential
  const rule = ruleOf(vendor, ownMembers(grant).lifetimes ?? {}, times)
  const isNeeded = hasMethods(grant, ['refresh'])
  const needsPerson = !hasMethods(grant, ['acquire'])
  const entries = new Map<string, Entry>()
  const own = clock.random()
  let isStopped = false
  let waking = new AbortController()
  let failedInRow = 0
  let heldUntil = 0
  let hasToldOfStore = false

  const entryOf = (account: string): Entry => {
    const entry = entries.get(account) ?? {
      account,
      at: 0,
      seen: undefined,
      isHeld: false,
      toldOf: -1,
      isUnreadable: false,
    }
    entries.set(account, entry)
    return entry
  }
  const credentialOf = (account: string): TokenCredential =>
    account !== credential.account && hasMethods(credential, ['for'])
      ? (credential.for(account) as TokenCredential)
      : credential

  const findOf = async (account: string): ReturnType<Kept['find']> => {
    const found = keptOf(credentialOf(account))
    if (found) return await found.find()
    throw new TypeError('keepWarm takes credentials of createTokenCredential')
  }

  /** The key of a grant that acquires may depend on its secrets. @throws what the store throws */
  const read = async ({ account }: Entry): Promise<Snapshot> => {
    const key = needsPerson ? JSON.stringify([...keyStart, account]) : (await kept.find()).key
    return await readSnapshot({ store, clock }, key)
  }
  const toLocal = ({ now, mono }: Snapshot, time: number): number =>
    Math.round(clock.now() + time - now - (clock.monotonic() - mono))

  /** A failure of one account does not stop the others. @throws `signal.reason` */
  const lookSafely = async (entry: Entry, force: boolean, signal?: AbortSignal): Promise<WarmedAccount> => {
    const of = { vendor, account: entry.account }
    try {
      return await look(entry, force, signal)
    } catch (error) {
      throwIfAborted(signal)
      if (isCredentialError(error)) return { ...of, outcome: 'failed', error }
      const { type, reason = 'no answer' } = storeFailure(error)
      return { ...of, outcome: 'failed', error: new CredentialError(type, `${vendor}: ${reason}`, of) }
    }
  }
  const look = async (entry: Entry, force: boolean, signal?: AbortSignal): Promise<WarmedAccount> => {
    const of = { vendor, account: entry.account }
    entry.at = Number.POSITIVE_INFINITY
    entry.isHeld = false
    const snapshot = await read(entry).catch((error: unknown) => tellOfStore(error, entry))
    entry.isUnreadable = false
    const warmth = warmthOf(snapshot, rule)
    if (warmth.type === 'living') return await keep(entry, snapshot, warmth, { force, signal })
    if (!needsPerson) return { ...of, outcome: 'not_needed' }
    if (warmth.type === 'fading') return await fade(entry, snapshot, warmth)
    return { ...of, outcome: warmth.type === 'ended' ? 'reauthorization_required' : 'signed_out' }
  }

  /** Of a store that is down once a pass, of a record that cannot be read once. @throws the error */
  const tellOfStore = async (error: unknown, entry?: Entry): Promise<never> => {
    const { type, reason } = storeFailure(error)
    const unreadable = type === 'record_unreadable' ? entry : undefined
    if (unreadable ? !unreadable.isUnreadable : type === 'store_unavailable' && !hasToldOfStore) {
      if (unreadable) unreadable.isUnreadable = true
      else hasToldOfStore = true
      const keyed = await (unreadable ? findOf(unreadable.account) : kept.find())
      keyed.changed({ type: 'degraded', reason })
    }
    throw error
  }

  const plan = (entry: Entry, at: number): void => {
    entry.at = Math.max(at, clock.now() + PAUSE_MIN_MS)
  }

  /** Nothing can be done but to tell. */
  const fade = async (
    entry: Entry,
    snapshot: Snapshot,
    { generation, usedAt, end }: Warmth & { readonly type: 'fading' },
  ): Promise<WarmedAccount> => {
    const of = { vendor, account: entry.account }
    if (end === Number.POSITIVE_INFINITY) return { ...of, outcome: 'not_due' }
    const tellAt = end - (rule.beforeMs ?? aheadMs(end - usedAt))
    const endsAt = toLocal(snapshot, end)
    if (snapshot.now < tellAt) {
      plan(entry, toLocal(snapshot, tellAt))
      return { ...of, outcome: 'not_due', endsAt }
    }
    await tell(entry, generation, endsAt)
    return { ...of, outcome: 'reauthorization_due', endsAt }
  }

  const keep = async (
    entry: Entry,
    snapshot: Snapshot,
    warmth: Warmth & { readonly type: 'living' },
    { force, signal }: { readonly force: boolean; readonly signal: AbortSignal | undefined },
  ): Promise<WarmedAccount> => {
    entry.seen = judgeEnd(entry.seen, warmth)
    const spread = spreadOf(vendor, entry.account)
    const due = planOf(warmth, rule, spread, entry.seen.isFixed)
    const isFresh = warmth.isRenewal && snapshot.now - warmth.usedAt < FRESH_MS
    const isDue = force ? !isFresh : snapshot.now >= due.dueAt
    if (!isDue) return await rest(entry, snapshot, warmth, due, 'not_due')
    const held = hold(entry, toLocal(snapshot, due.end))
    if (held) return held
    const error = await use(entry, warmth.generation, signal)
    if (error) return await afterFailure(entry, { snapshot, generation: warmth.generation, due, error })
    const after = await read(entry)
    const next = warmthOf(after, rule)
    // The user has signed out since, or the vendor gave no refresh token; the next pass looks.
    if (next.type !== 'living') return { vendor, account: entry.account, outcome: 'refreshed' }
    entry.seen = judgeEnd(entry.seen, next)
    return await rest(entry, after, next, planOf(next, rule, spread, entry.seen.isFixed), 'refreshed')
  }

  /** Until its next time. */
  const rest = async (
    entry: Entry,
    snapshot: Snapshot,
    { usedAt, statedEnd, idleEnd }: Warmth & { readonly type: 'living' },
    { dueAt, beforeMs }: Plan,
    outcome: 'not_due' | 'refreshed',
  ): Promise<WarmedAccount> => {
    const end = Math.min(statedEnd, idleEnd)
    const shown = {
      vendor,
      account: entry.account,
      ...(end < Number.POSITIVE_INFINITY && { endsAt: toLocal(snapshot, end) }),
    }
    if (needsPerson && entry.seen?.isFixed && statedEnd <= idleEnd) {
      const tellAt = statedEnd - aheadMs(statedEnd - usedAt)
      if (snapshot.now < tellAt) plan(entry, toLocal(snapshot, tellAt))
      await tellOfStated(entry, snapshot)
      return { ...shown, outcome: 'reauthorization_due' }
    }
    if (dueAt === Number.POSITIVE_INFINITY) return { ...shown, outcome }
    const delayMs = own * Math.min(OWN_DELAY_SHARE * beforeMs, OWN_DELAY_MAX_MS)
    plan(entry, toLocal(snapshot, dueAt + delayMs))
    return { ...shown, outcome, dueAt: toLocal(snapshot, dueAt) }
  }

  /** @returns why there are no newer tokens than those of this generation */
  const use = async (entry: Entry, generation: number, signal?: AbortSignal): Promise<CredentialError | undefined> => {
    const of = { vendor, account: entry.account }
    try {
      const refused = { headers: {}, query: {}, generation }
      const renewed = await credentialOf(entry.account).renew(refused, { signal })
      failedInRow = 0
      release()
      if (renewed) return undefined
      return new CredentialError('timeout', `${vendor}: the API refuses new tokens, and none is asked for now`, of)
    } catch (error) {
      if (!isCredentialError(error)) throw error
      if (!isCredentialError(error, 'token_unavailable')) release()
      return error
    }
  }

  // --- a vendor that is down is asked by one account at a time

  const suspect = (askedAgainAt: number): void => {
    failedInRow += 1
    if (failedInRow >= OUTAGE_ACCOUNTS) heldUntil = askedAgainAt
  }
  const release = (): void => {
    heldUntil = 0
    for (const entry of entries.values()) if (entry.isHeld) entry.at = Math.min(entry.at, clock.now())
  }
  /** One that would end meanwhile is not held. */
  const hold = (entry: Entry, end: number): WarmedAccount | undefined => {
    if (failedInRow < OUTAGE_ACCOUNTS) return undefined
    const now = clock.now()
    if (now >= heldUntil) {
      heldUntil = now + REQUEST_LIMIT_MS
      return undefined
    }
    if (end <= heldUntil) return undefined
    entry.at = heldUntil
    entry.isHeld = true
    const of = { vendor, account: entry.account }
    const message = `${vendor}: the token endpoint gave no tokens for ${failedInRow} accounts in a row`
    const error = new CredentialError('token_unavailable', message, { ...of, retryAt: Math.ceil(heldUntil) })
    return { ...of, outcome: 'failed', ...(end < Number.POSITIVE_INFINITY && { endsAt: end }), error }
  }

  /** Half of the time before the end has passed, and it is not put off yet: then a person may be needed. */
  const afterFailure = async (entry: Entry, { snapshot, generation, due, error }: Failure): Promise<WarmedAccount> => {
    const of = { vendor, account: entry.account }
    if (isCredentialError(error, 'reauthorization_required')) return { ...of, outcome: error.code, error }
    if (isCredentialError(error, 'not_signed_in')) return { ...of, outcome: 'signed_out' }
    const endsAt = toLocal(snapshot, due.end)
    if (isCredentialError(error, 'token_unavailable')) {
      const retryMs = Math.min(RETRY_SHARE * (endsAt - clock.now()), RETRY_MAX_MS)
      plan(entry, Math.max(error.retryAt, clock.now() + retryMs))
      suspect(entry.at)
    }
    if (due.end === Number.POSITIVE_INFINITY) return { ...of, outcome: 'failed', error }
    if (endsAt - clock.now() <= due.beforeMs / 2) {
      if (snapshot.record?.tokens?.refreshExpiresAt === due.end) await tellOfStated(entry, snapshot)
      else await tell(entry, generation, endsAt)
    }
    return { ...of, outcome: 'failed', endsAt, error }
  }

  // --- reauthorization_due

  /** Of an end that the credential does not know: once for each token set. */
  const tell = async (entry: Entry, generation: number, refreshExpiresAt: number): Promise<void> => {
    if (!needsPerson || entry.toldOf >= generation) return
    entry.toldOf = generation
    const keyed = await findOf(entry.account)
    keyed.changed({ type: 'due', generation, refreshExpiresAt })
  }
  /** For a known set: as if it was used, so that the event is emitted once. */
  const tellOfStated = async (entry: Entry, snapshot: Snapshot): Promise<void> => {
    if (!needsPerson) return
    const keyed = await findOf(entry.account)
    const { memory } = keyed.lifecycle
    if (memory.remember(snapshot)) keyed.changed({ type: 'remember', snapshot, own: false })
    const due = memory.newlyDue()
    if (due) keyed.changed({ type: 'due', ...due })
  }

  // --- over all accounts

  const each = async (looked: readonly Entry[], force: boolean, signal?: AbortSignal): Promise<WarmedAccount[]> => {
    const results: WarmedAccount[] = []
    const rest = looked.values()
    const work = async (): Promise<void> => {
      for (const entry of rest) {
        if (isStopped) return
        throwIfAborted(signal)
        results.push(await lookSafely(entry, force, signal))
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, looked.length) }, work))
    return results
  }
  const pass: Keeper['pass'] = async (force, signal) => {
    throwIfAborted(signal)
    const names = [...new Set(await accounts())]
    if (!isNeeded) return names.map((account) => ({ vendor, account, outcome: 'not_needed' }))
    hasToldOfStore = false
    for (const account of entries.keys()) if (!names.includes(account)) entries.delete(account)
    // Each process begins elsewhere, so that what is overdue when all start is shared out.
    const first = Math.floor(clock.random() * names.length)
    return await each([...names.slice(first), ...names.slice(0, first)].map(entryOf), force, signal)
  }
  const sleep = (ms: number): Promise<void> =>
    // A wait keeps no process alive; the clock of a test decides itself.
    clock.sleep === systemSleep
      ? boundedWait({ timeoutMs: ms, signal: waking.signal }, () => () => {})
      : clock.sleep(ms, waking.signal)

  return {
    pass,
    stop() {
      isStopped = true
      waking.abort()
    },
    async run(everyMs) {
      const end = credential.on('signed_in', ({ account }) => {
        if (!isOpen && !entries.has(account)) return
        entryOf(account).at = 0
        waking.abort()
      })
      while (isNeeded && !isStopped) {
        const passAt = clock.monotonic() + everyMs
        await pass(false)
          .catch((error: unknown) => tellOfStore(error))
          .catch(() => {})
        while (!isStopped && clock.monotonic() < passAt) {
          waking = new AbortController()
          const next = [...entries.values()].reduce((at, entry) => Math.min(at, entry.at), Number.POSITIVE_INFINITY)
          await sleep(Math.min(passAt - clock.monotonic(), Math.max(next - clock.now(), 0)))
          await each(
            [...entries.values()].filter(({ at }) => at <= clock.now()),
            false,
          )
        }
      }
      end()
    },
  }
}

/** What a refresh that came to nothing was for. */
interface Failure {
  readonly snapshot: Snapshot
  readonly generation: number
  readonly due: Plan
  readonly error: CredentialError
}
