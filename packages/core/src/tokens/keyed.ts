import type { Authorization, RenewOptions, ResponseView, SentTo, WaitOptions } from '../credential.ts'
import { CredentialError, isCredentialError } from '../errors.ts'
import { originOf } from '../options.ts'
import { storeFailure } from '../refresh/run.ts'
import { hex } from '../secrets.ts'
import { getWithin, IN_PROCESS, setWithin, type TokenStore } from '../store.ts'
import { abortable, type Clock, throwIfAborted, within } from '../time.ts'
import { GrantError, isGrantError, REQUEST_LIMIT_MS, randomId, type TokenGrant } from './grant.ts'
import type { Acquirer, Lifecycle, Outcome } from './lifecycle.ts'
import { type HeldTokens, hasPassed, type NegativeResult, negativeError } from './memory.ts'
import type { TokenSettings } from './settings.ts'

/** Secrets are read again at most this often, and never while memory holds a token that may be served without a thought. */
const CHECK_INTERVAL_MS = 1_000

/** So long after both clocks were read, the wall clock alone says whether tokens are fresh: reading the other one takes twice as long. */
const BOTH_CLOCKS_MS = 50

/** The tokens of one store key, as one credential uses them. */
export interface KeyedTokens {
  readonly key: string
  readonly lifecycle: Lifecycle
  readonly acquirer: Acquirer
  readonly place: (held: HeldTokens) => Authorization
}

/** On a token credential: what `keepWarm` works with. */
export const KEPT: unique symbol = Symbol.for('valetkey.kept') as typeof KEPT

/** A function, so that what it gives does not show with the credential. */
export interface WithKept {
  readonly [KEPT]: () => Kept
}

export interface Kept {
  readonly settings: TokenSettings
  readonly grant: TokenGrant
  /** @throws CredentialError `store_unavailable`, `record_unreadable`, `token_unavailable` */
  find(): Promise<KeyedTokens>
}

/** `undefined`: of something else than a token credential of this package. */
export function keptOf(credential: object): Kept | undefined {
  return (credential as Partial<WithKept>)[KEPT]?.()
}

type Waited =
  | { readonly keyed: KeyedTokens; readonly outcome: Outcome }
  | { readonly keyed?: undefined; readonly outcome: NegativeResult }

/** Tokens, and the key that they are stored under. */
export interface Obtained {
  readonly held: HeldTokens
  readonly keyed: KeyedTokens
}

/** Which store key a credential works on. It is one for ever, or that of the secrets configured at the time. */
export interface Keying {
  /** The one in use; `undefined` until secrets were read for the first time. */
  current(): KeyedTokens | undefined
  /** At once where memory may serve its tokens; what is due is begun in the background. @throws as `Credential.authorization` */
  authorization(wait?: WaitOptions): Authorization | Promise<Authorization>
  /** The same tokens. @throws as `Credential.authorization` */
  obtain(wait?: WaitOptions): Promise<Obtained>
  /** Newer tokens than the refused ones; `undefined`: there are none to be had. @throws as `Credential.renew` */
  renew(rejected: number, options?: RenewOptions): Promise<Obtained | undefined>
  /** As `Credential.untilKnown`. */
  untilKnown(refused: Authorization, wait?: WaitOptions): Promise<Authorization> | undefined
  /** As `Credential.accepted`. */
  accepted(authorization: Authorization, response: ResponseView, sent: SentTo): void
  /** The one of the secrets configured now; `problem` where they, or the store, cannot be read. */
  find(): Promise<KeyedTokens | { readonly problem: NegativeResult }>
  /** From now on this one: somebody has signed in to it, or out. */
  use(keyed: KeyedTokens): void
  /** Resolves when nothing is left to be stored. */
  drain(): Promise<void>
}

export function createKeying(
  vendor: string,
  settings: TokenSettings,
  grant: TokenGrant,
  create: (key: string) => KeyedTokens,
): Keying {
  const { clock, keyParts, isKeyedBySecrets, maxWaitMs, account, origins } = settings
  const used = new Map<string, KeyedTokens>()
  const at = (key: string): KeyedTokens => {
    const keyed = used.get(key) ?? create(key)
    used.set(key, keyed)
    return keyed
  }
  let current = isKeyedBySecrets ? undefined : at(JSON.stringify(keyParts))
  let last: { readonly secrets: string; readonly keyed: KeyedTokens } | undefined
  let checking: Promise<KeyedTokens> | undefined
  let checkAfter = isKeyedBySecrets ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  let keepFreshAfter = Number.NEGATIVE_INFINITY
  /** The tokens that both clocks allowed to be served, and when, by the wall clock. */
  let quiet: HeldTokens | undefined
  let quietAt = 0
  let ownKey = ''

  /** @throws what the store throws, and a GrantError for secrets that cannot be read */
  const find = async (): Promise<KeyedTokens> => {
    if (current && !isKeyedBySecrets) return current
    // A page over plain http has no WebCrypto.
    if (globalThis.crypto?.subtle === undefined) return own()
    const secrets = await readSecrets(settings, grant)
    if (last?.secrets === secrets) return last.keyed
    const keyed = at(await secretKey(settings, secrets))
    last = { secrets, keyed }
    return keyed
  }
  /** For a process that can prove nothing: a key that no other process has. */
  const own = (): KeyedTokens => {
    ownKey ||= JSON.stringify([...keyParts, [randomId() + randomId()]])
    return at(ownKey)
  }
  const check = (): Promise<KeyedTokens> => {
    checking ??= find()
      .catch((error: unknown) => {
        if (isCredentialError(error, 'record_unreadable')) throw error
        return current ?? own()
      })
      .then((keyed) => {
        checkAfter = clock.monotonic() + CHECK_INTERVAL_MS
        current = keyed
        return keyed
      })
      .finally(() => {
        checking = undefined
      })
    return checking
  }
  /** Tokens under way for other secrets than the record's would be stored where those do not belong. */
  const keepFresh = (keyed: KeyedTokens): void => {
    const { lifecycle, acquirer } = keyed
    if (!isKeyedBySecrets) return lifecycle.keepFresh(acquirer)
    if (clock.monotonic() < keepFreshAfter) return
    keepFreshAfter = clock.monotonic() + CHECK_INTERVAL_MS
    const keepingFresh = find().then(
      (now) => now === keyed && lifecycle.keepFresh(acquirer),
      () => undefined,
    )
    acquirer.waitUntil?.(keepingFresh)
  }

  const wait = async (rejected: number, signal: AbortSignal | null | undefined): Promise<Waited> => {
    const run = async (keyed: KeyedTokens): Promise<Waited> => ({
      keyed,
      outcome: await keyed.lifecycle.wait(rejected, signal, keyed.acquirer),
    })
    if (current && clock.monotonic() < checkAfter) return run(current)
    const work = check().then(run, (error: unknown): Waited => ({ outcome: problemOf(error, clock.now()) }))
    return await abortable(
      within(clock, maxWaitMs, work, () => ({ outcome: { type: 'timeout' } })),
      signal,
    )
  }
  const unwrap = ({ keyed, outcome }: Waited): Obtained => {
    if (keyed && outcome.type === 'tokens') return { held: outcome.held, keyed }
    throw negativeError(outcome as NegativeResult, { vendor, account })
  }
  const heldNow = (): HeldTokens | undefined => {
    const held = current?.lifecycle.memory.held
    if (!current || !held) return undefined
    const { quietUntil, hardExpiry } = held
    const now = clock.now()
    if (held === quiet && now >= quietAt && now - quietAt < BOTH_CLOCKS_MS && now < quietUntil.wall) return held
    const mono = clock.monotonic()
    if (now < quietUntil.wall && mono < quietUntil.mono) {
      quiet = held
      quietAt = now
      return held
    }
    if (now >= hardExpiry.wall || mono >= hardExpiry.mono) return undefined
    keepFresh(current)
    return held
  }
  const obtain = async (signal: AbortSignal | null | undefined): Promise<Obtained> => {
    throwIfAborted(signal)
    const held = heldNow()
    return held && current ? { held, keyed: current } : unwrap(await wait(-1, signal))
  }

  const keying: Keying = {
    current: () => current,
    authorization(options) {
      const held = heldNow()
      if (held && current) return current.place(held)
      return obtain(options?.signal).then(({ held: obtained, keyed }) => keyed.place(obtained))
    },
    obtain: (options) => obtain(options?.signal),
    async renew(rejected, options) {
      const { lifecycle } = current ?? {}
      const isNewest = lifecycle?.memory.usable(rejected) === undefined
      if (isNewest && options?.sent && lifecycle?.acceptance.refuse(rejected, options.sent)) return undefined
      const waited = await wait(rejected, options?.signal)
      return waited.outcome.type === 'nothing' ? undefined : unwrap(waited)
    },
    untilKnown(refused, options) {
      if (!current) return undefined
      const { lifecycle, place } = current
      const { held } = lifecycle.memory
      if (held?.generation !== refused.generation || hasPassed(held.knownFrom, clock)) return undefined
      const replayable = lifecycle.spread(held, maxWaitMs, options?.signal).then(() => {
        const newer = lifecycle.memory.usable(refused.generation)
        if (newer) return place(newer)
        // The account may have been signed out meanwhile.
        return lifecycle.memory.held?.generation === refused.generation ? refused : keying.authorization(options)
      })
      // Nobody waits for it where the request cannot be sent again.
      replayable.catch(() => {})
      return replayable
    },
    accepted(authorization, response, sent) {
      const { lifecycle } = current ?? {}
      if (!lifecycle || lifecycle.acceptance.acknowledged === authorization) return
      const { status, url } = response
      if (status < 200 || status > 299 || !origins.covers(originOf(url || sent.url) ?? '')) return
      lifecycle.accept(authorization.generation, sent, false)
      if (!lifecycle.acceptance.hasSuspects()) lifecycle.acceptance.acknowledged = authorization
    },
    use(keyed) {
      current = keyed
    },
    find: () => find().catch((error: unknown) => ({ problem: problemOf(error, clock.now()) })),
    async drain() {
      await Promise.all([...used.values()].map(({ lifecycle }) => lifecycle.drain()))
    },
  }
  return keying
}

/** @throws GrantError, in words that may be shown */
async function readSecrets({ clock }: TokenSettings, grant: TokenGrant): Promise<string> {
  const reading = async (): Promise<unknown> => grant.secrets?.()
  try {
    const secrets = await within(clock, REQUEST_LIMIT_MS, reading(), () => undefined)
    if (typeof secrets === 'string') return secrets
  } catch (error) {
    if (isGrantError(error)) throw error
  }
  throw new GrantError({ kind: 'token_unavailable', sent: false, description: 'the secrets could not be read' })
}

function problemOf(error: unknown, now: number): NegativeResult {
  if (!isGrantError(error)) return storeFailure(error)
  const reason = error.failure.description ?? 'the secrets could not be read'
  return { type: 'token_unavailable', retryAt: Math.ceil(now + CHECK_INTERVAL_MS), reason }
}

/** What each guess at a secret costs somebody who has read a store that is not encrypted. Cloudflare Workers permit no more. */
const ITERATIONS = 100_000
/** Whoever reads this process's memory has the secrets themselves. */
const ITERATIONS_IN_PROCESS = 1
/** No two secrets meet by chance. */
const TAG_BITS = 128
const SALT_BYTES = 16
const SALT_KEY = JSON.stringify(['vk1-salt'])
/** A first write and its confirmation, with one more try for a process that lost the race. */
const SALT_TRIES = 3
/** Tags remembered per store, so that a credential made for each request derives nothing. */
const TAGS_MAX = 1_000

interface Derived {
  salt?: Promise<string> | undefined
  /** By a digest of store key and secrets: the secrets are not kept. */
  readonly tags: Map<string, Promise<string>>
}

/** Held by the store object itself, so that nothing outlives it. */
const derivedOfStore = new WeakMap<TokenStore, Derived>()

/**
 * The store key of what these secrets obtain: other secrets of the same client or user have another record, which they can
 * neither read nor spoil. Its last member is PBKDF2 over the secrets, with a salt that the store keeps.
 * @throws what the store throws; CredentialError `record_unreadable`
 */
export async function secretKey(
  { store, clock, keyParts }: { store: TokenStore; clock: Clock; keyParts: readonly string[] },
  secrets: string,
): Promise<string> {
  const derived = derivedOfStore.get(store) ?? { tags: new Map<string, Promise<string>>() }
  derivedOfStore.set(store, derived)
  derived.salt ??= forgetFailure(readSalt(store, clock), () => {
    derived.salt = undefined
  })
  const place = JSON.stringify([await derived.salt, ...keyParts])
  const id = hex(await crypto.subtle.digest('SHA-256', bytes(JSON.stringify([place, secrets]))))
  const iterations = IN_PROCESS in store ? ITERATIONS_IN_PROCESS : ITERATIONS
  const tag = derived.tags.get(id) ?? forgetFailure(derive(secrets, place, iterations), () => derived.tags.delete(id))
  derived.tags.set(id, tag)
  if (derived.tags.size > TAGS_MAX) derived.tags.delete(derived.tags.keys().next().value ?? id)
  return JSON.stringify([...keyParts, [await tag]])
}

/** One for the whole store, made by whoever comes first. An encrypted store seals it: then its keys tell nothing about secrets. */
async function readSalt(store: TokenStore, clock: Clock): Promise<string> {
  for (let tries = 0; tries < SALT_TRIES; tries += 1) {
    const { value, version } = await getWithin(store, clock, SALT_KEY).catch(absentIfDamaged)
    if (value !== undefined && !isCutSalt(value)) return parseSalt(value)
    const salt = hex(crypto.getRandomValues(new Uint8Array(SALT_BYTES)))
    await setWithin(store, clock, SALT_KEY, version, JSON.stringify({ v: 1, salt }))
  }
  throw new CredentialError('store_unavailable', 'compareAndSet() must keep what it has written', { vendor: 'core' })
}

/** A salt that nobody can read any more gets a successor: what was kept under it is obtained once more. */
function absentIfDamaged(error: unknown): { readonly value?: undefined; readonly version: string } {
  const damaged = isCredentialError(error, 'record_unreadable') ? error.damaged : undefined
  if (damaged) return { version: damaged.version }
  throw error
}

/** Empty, or the beginning of one. */
function isCutSalt(value: string): boolean {
  const start = JSON.stringify({ v: 1, salt: '' }).slice(0, -2)
  if (/^[\s\0]*$/.test(value) || start.startsWith(value)) return true
  return value.startsWith(start) && /^[0-9a-f]{0,32}"?$/.test(value.slice(start.length))
}

function parseSalt(value: string): string {
  const salt = /^\{"v":1,"salt":"([0-9a-f]{32})"\}$/.exec(value)?.[1]
  if (salt !== undefined) return salt
  const words = 'is of a newer version of valetkey or none, and is left as it is: update this program, or delete it'
  throw new CredentialError('record_unreadable', `the record of the key ${SALT_KEY} ${words}`, { vendor: 'core' })
}

async function derive(secrets: string, salt: string, iterations: number): Promise<string> {
  const key = await crypto.subtle.importKey('raw', bytes(secrets), 'PBKDF2', false, ['deriveBits'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations }
  return hex(await crypto.subtle.deriveBits(how, key, TAG_BITS))
}

function forgetFailure<T>(work: Promise<T>, forget: () => unknown): Promise<T> {
  work.catch(forget)
  return work
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
