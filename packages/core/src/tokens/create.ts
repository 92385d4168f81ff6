import { decodeJwt } from 'jose/jwt/decode'
import { createAuthorization, createAuthorizer, createPlacer } from '../authorization.ts'
import { type Authorization, WAIT_OPTIONS, type WaitOptions } from '../credential.ts'
import { CredentialError, isCredentialError } from '../errors.ts'
import { createEventHub, type EventHub } from '../events.ts'
import { guardRefuses } from '../http/refusal.ts'
import { hasMethods, ownMembers } from '../members.ts'
import {
  assertKnownOptions,
  innermostFetch,
  knownOptions,
  type OptionNames,
  ownerOf,
  parseOrigins,
  requireText,
} from '../options.ts'
import { accessSetOf, routeOf, type Snapshot } from '../refresh/run.ts'
import { createAccessToken } from '../secrets.ts'
import { abortable, throwIfAborted, within } from '../time.ts'
import {
  type CloseOptions,
  CREDENTIAL_OPTIONS,
  type CredentialOptions,
  type CredentialTarget,
  FOR_TARGET,
  type JwtClaims,
  STORE_SIGN_IN,
  type TargetCredential,
  type TokenCredential,
  type TokenCredentialDefinition,
} from '../token-credential.ts'
import { detailsOf } from './details.ts'
import {
  checkedTokens,
  type GrantCaller,
  grantContext,
  type ObtainedTokens,
  REQUEST_LIMIT_MS,
  type TokenSet,
} from './grant.ts'
import { createKeying, KEPT, type KeyedTokens, type WithKept } from './keyed.ts'
import type { Acquirer, LifecycleChange } from './lifecycle.ts'
import { type HeldTokens, negativeError } from './memory.ts'
import { CLOSE_LIMIT_MS, checkDefinition, milliseconds, type TokenSettings, tokenSettings } from './settings.ts'
import { createLifecycle, sharedLifecycle } from './shared.ts'
import { type Replaced, storeImported, storeSignedIn, storeTombstone } from './sign-in.ts'
import { readStatus, readTokens } from './status.ts'

export { type Kept, keptOf } from './keyed.ts'
export { DUE_AHEAD_MS, DUE_AHEAD_SHARE } from './memory.ts'
export { CLOSE_LIMIT_MS, milliseconds } from './settings.ts'

const DEFINITION: OptionNames<TokenCredentialDefinition> = {
  vendor: true,
  origins: true,
  identity: true,
  grant: true,
  place: true,
  carries: true,
  refuses: true,
  proof: true,
}

const TARGET: OptionNames<CredentialTarget> = { target: true, grant: true, origins: true }

/**
 * A credential whose tokens are kept valid: one refresh for any number of concurrent requests, over all processes that
 * share the store.
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function createTokenCredential(
  definition: TokenCredentialDefinition,
  options: CredentialOptions = {},
): TokenCredential {
  const owner = ownerOf(definition)
  const own = knownOptions(owner, definition, DEFINITION)
  const ownOptions = knownOptions(owner, options, CREDENTIAL_OPTIONS)
  const settings = tokenSettings(own, ownOptions)
  const hub = createEventHub(own.vendor, () => settings.clock.now())
  const { credential, signIn, importTokens } = connect(own, ownOptions, settings, hub)
  const forTarget = (given: CredentialTarget): TargetCredential => {
    const { target, grant, origins } = knownOptions(own.vendor, given, TARGET)
    requireText(own.vendor, { target }, ['target'])
    const definition = ownMembers({ ...own, grant })
    checkDefinition(own.vendor, definition)
    const named = origins === undefined ? settings.origins : parseOrigins(own.vendor, origins, ownOptions)
    return Object.freeze(connect(definition, ownOptions, { ...settings, target, origins: named }, hub).credential)
  }
  // Enumerable, so that a credential that extends this one by `...` has them too.
  return Object.freeze(Object.assign(credential, { importTokens, [STORE_SIGN_IN]: signIn, [FOR_TARGET]: forTarget }))
}

/** One for each target; `signIn` and `importTokens` are the grant's own. */
function connect(
  own: TokenCredentialDefinition,
  ownOptions: CredentialOptions,
  settings: TokenSettings,
  hub: EventHub,
): Connected {
  const { vendor } = own
  const { account, clock, store, origins, target } = settings
  const of = { vendor, account }
  const { place = placeBearer, proof } = own
  /** What each authorization was made of. */
  const placed = new WeakMap<Authorization, HeldTokens>()
  const authorizer = createAuthorizer(vendor, own.carries ?? { headers: ['authorization'], query: [] })
  const keying = createKeying(vendor, settings, own.grant, (key) => {
    const lifecycle = sharedLifecycle(store, key, () => createLifecycle(clock, settings.windows)).of(target)
    return {
      key,
      lifecycle,
      acquirer: createAcquirer(own, ownOptions, settings, hub, { key, lifecycle }),
      place: createPlacer((held, generation) => {
        const authorization = authorizer.authorize(() => place(held.tokens), generation)
        if (proof) placed.set(authorization, held)
        return authorization
      }),
    }
  })
  const find = async (): Promise<KeyedTokens> => {
    const found = await keying.find()
    if ('problem' in found) throw negativeError(found.problem, of)
    return found
  }
  const storing = new Set<Promise<unknown>>()
  const drain = async (): Promise<void> => {
    do await Promise.allSettled([keying.drain(), ...storing])
    while (storing.size > 0)
  }
  const close = async (closing: CloseOptions = {}): Promise<void> => {
    const { timeoutMs = CLOSE_LIMIT_MS } = knownOptions(vendor, closing, { timeoutMs: true })
    await within(clock, milliseconds(vendor, 'timeoutMs', timeoutMs), drain(), () => undefined)
  }

  const credential: TargetCredential & WithKept = {
    [KEPT]: () => ({ settings, grant: own.grant, find }),
    specVersion: 'v1',
    vendor,
    account,
    carries: authorizer.carries,
    ...origins,
    refuses: guardRefuses(vendor, own.refuses),
    ...(proof && {
      async prove(authorization, sent, answer) {
        const held = placed.get(authorization)
        if (!held) return undefined
        const { proofKey, tokens } = held
        const { accessToken, tokenType, extra } = tokens
        const added = await proof({ accessToken, tokenType, extra, proofKey }, sent, answer)
        const { headers, query, generation } = authorization
        return added && createAuthorization({ headers: { ...headers, ...added }, query }, generation, vendor)
      },
    }),
    on: hub.on,
    authorization(wait) {
      if (wait) assertKnownOptions(vendor, wait, WAIT_OPTIONS)
      return keying.authorization(wait)
    },
    async renew(refused, options) {
      const renewed = await keying.renew(refused.generation, options)
      return renewed?.keyed.place(renewed.held)
    },
    untilKnown: keying.untilKnown,
    accepted: keying.accepted,
    observe(event, detail) {
      const { generation, status, accepted = false, reason, sent, scopes = [], resourceMetadata } = detail
      const lifecycle = event === 'replayed' ? keying.current()?.lifecycle : undefined
      if (accepted) lifecycle?.accept(generation, sent, true)
      else if (sent) lifecycle?.acceptance.refuseAgain(generation, sent)
      if (event === 'refused') hub.emit(event, account, { generation, status, reason })
      else if (event === 'replayed') hub.emit(event, account, { generation, status, accepted })
      else if (event === 'scope_required') hub.emit(event, account, { generation, status, scopes, resourceMetadata })
      else hub.emit(event, account, { generation, status, reason: reason ?? 'not_replayable' })
    },
    async getToken(wait) {
      assertKnownOptions(vendor, wait, WAIT_OPTIONS)
      const { tokens, expiresAt } = (await keying.obtain(wait)).held
      const { accessToken, tokenType, scopes } = tokens
      return createAccessToken({ accessToken, tokenType, expiresAt, scopes })
    },
    async claims<T extends object = JwtClaims>(wait?: WaitOptions): Promise<T> {
      assertKnownOptions(vendor, wait, WAIT_OPTIONS)
      const { tokens } = (await keying.obtain(wait)).held
      return jwtClaims<T>(tokens.accessToken, of)
    },
    async details<T extends object = Record<string, unknown>>(wait?: WaitOptions): Promise<Readonly<T>> {
      assertKnownOptions(vendor, wait, WAIT_OPTIONS)
      throwIfAborted(wait?.signal)
      const isAtHand = keying.current()?.lifecycle.memory.usable(-1) !== undefined
      const stored = isAtHand ? undefined : await abortable(readTokens(settings, keying), wait?.signal)
      return detailsOf(stored ?? (await keying.obtain(wait)).held.tokens) as Readonly<T>
    },
    status: () => readStatus(settings, keying, vendor),
    async signOut() {
      const keyed = await find()
      const { key, lifecycle, acquirer } = keyed
      const ended = await storeTombstone(settings, key)
      if (ended.type !== 'replaced') throw negativeError(ended, of)
      lifecycle.replaced(ended.snapshot)
      keying.use(keyed)
      hub.emit('signed_out', account, { generation: ended.snapshot.record?.generation ?? 0 })
      const tokens = ended.before?.tokens
      return { revoked: tokens ? await revokeQuietly(acquirer.runtime, tokens) : false }
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  }
  const importTokens: TokenCredential['importTokens'] = async (given) => {
    const { checkedImport } = await import('./import.ts')
    const imported = await checkedImport(vendor, given, hasMethods(own.grant, ['refresh']), clock.now())
    return { imported: await storeAndUse((key) => storeImported(settings, key, imported)) }
  }
  const storeTokens = async (given: TokenSet | Promise<TokenSet>): Promise<void> => {
    const tokens = usableTokens(await given, clock.now(), of)
    await storeAndUse((key) => storeSignedIn(settings, key, tokens))
  }
  /** `close()` waits for it. @returns whether anything was stored */
  const storeAndUse = async (store: (key: string) => Promise<Replaced>): Promise<boolean> => {
    const work = storeGiven(store)
    storing.add(work)
    const over = () => storing.delete(work)
    work.then(over, over)
    return await work
  }
  const storeGiven = async (store: (key: string) => Promise<Replaced>): Promise<boolean> => {
    const keyed = await find()
    const { lifecycle, acquirer } = keyed
    const stored = await store(keyed.key)
    if (stored.type !== 'replaced') throw negativeError(stored, of)
    const { record } = stored.snapshot
    const isNew = record !== stored.before
    lifecycle.replaced(stored.snapshot)
    keying.use(keyed)
    if (isNew) {
      const renewable = typeof routeOf(acquirer.policy, stored.snapshot) === 'string'
      hub.emit('signed_in', account, { generation: record?.generation ?? 0, renewable })
    }
    return isNew
  }
  const signIn = async (given: TokenSet | Promise<TokenSet>): Promise<void> => {
    try {
      await storeTokens(given)
    } catch (error) {
      const generation = keying.current()?.lifecycle.memory.held?.generation ?? 0
      hub.emit('sign_in_failed', account, { generation, reason: reasonOfSignIn(error) })
      throw error
    }
  }
  return { credential, importTokens, signIn }
}

interface Connected extends Pick<TokenCredential, 'importTokens'> {
  readonly credential: TargetCredential
  signIn(given: TokenSet | Promise<TokenSet>): Promise<void>
}

function reasonOfSignIn(error: unknown): string {
  if (isCredentialError(error, 'sign_in_failed')) return error.reason
  return isCredentialError(error) ? error.code : 'aborted'
}

function usableTokens(tokens: TokenSet, now: number, of: { vendor: string; account: string }): ObtainedTokens {
  try {
    return checkedTokens(tokens, now)
  } catch {
    const message = `${of.vendor}: the vendor answered the sign-in with tokens that cannot be used`
    throw new CredentialError('sign_in_failed', message, { ...of, reason: 'unusable_tokens' })
  }
}

/** RFC 6750 §2.1; the scheme is written so whatever case the vendor's `token_type` has. */
function placeBearer({ accessToken }: { accessToken: string }): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${accessToken}` } }
}

function jwtClaims<T extends object>(token: string, of: { vendor: string; account: string }): T {
  try {
    return decodeJwt<T>(token)
  } catch {
    throw new CredentialError('not_a_jwt', `${of.vendor}: the access token is not a JWT; it has no claims to read`, of)
  }
}

/** How one credential obtains tokens, and what its listeners are told. */
function createAcquirer(
  definition: TokenCredentialDefinition,
  options: CredentialOptions,
  settings: TokenSettings,
  hub: EventHub,
  { key, lifecycle }: Pick<KeyedTokens, 'key' | 'lifecycle'>,
): Acquirer {
  const { grant } = definition
  const { account, store, clock, windows, maxWaitMs, isKeyedBySecrets, target } = settings
  const runtime = {
    grant,
    isKeyedBySecrets,
    account,
    store,
    clock,
    get fetch() {
      return innermostFetch(options.fetch ?? globalThis.fetch)
    },
  }
  const policy = {
    key,
    target,
    canAcquire: hasMethods(grant, ['acquire']),
    canRefresh: hasMethods(grant, ['refresh']),
    windows,
    maxWaitMs,
  }
  return {
    runtime,
    policy,
    lifecycle,
    waitUntil: options.waitUntil,
    changed: (effect) => emitChange(effect, hub, runtime),
  }
}

function emitChange(effect: LifecycleChange, hub: EventHub, caller: GrantCaller): void {
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
async function revokeQuietly(caller: GrantCaller, tokens: ObtainedTokens): Promise<boolean> {
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
