import { decodeJwt } from 'jose/jwt/decode'
import { createAuthorization } from '../authorization.ts'
import {
  type Authorization,
  type ObservedDetail,
  type ObservedEvent,
  type RenewOptions,
  type ResponseView,
  type SentTo,
  WAIT_OPTIONS,
  type WaitOptions,
} from '../credential.ts'
import { CredentialError, isCredentialError } from '../errors.ts'
import { accountOption, assertKnownOptions, knownOptions, type OptionNames, ownerOf, requireText } from '../options.ts'
import { parseOrigins } from '../origins.ts'
import { routeOf } from '../refresh/run.ts'
import { createAccessToken } from '../secrets.ts'
import { abortable, throwIfAborted, within } from '../time.ts'
import {
  type CloseOptions,
  CREDENTIAL_OPTIONS,
  type CredentialOptions,
  type CredentialTarget,
  GRANT,
  type GrantMethods,
  type ImportedTokens,
  type JwtClaims,
  type TokenCredential,
  type TokenCredentialDefinition,
} from '../token-credential.ts'
import { AccountTokens } from './account.ts'
import { checkedTokens, type ObtainedTokens, type TokenSet } from './grant.ts'
import { TOKENS } from './kept.ts'
import { look, readStatus } from './look.ts'
import type { HeldTokens } from './memory.ts'
import { revokeQuietly } from './notify.ts'
import { begin, CLOSE_LIMIT_MS, grantSettings, milliseconds, tokenSettings } from './settings.ts'
import { type Replaced, storeImported, storeSignedIn, storeTombstone } from './sign-in.ts'

export { type Kept, keptOf } from './kept.ts'
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

/** What the methods of a token credential are called on. */
interface WithTokens {
  readonly [TOKENS]: AccountTokens
}

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
  return connect(new AccountTokens(settings, accountOption(own.vendor, ownOptions)))
}

/** All methods are shared: there may be very many credentials. Enumerable, so that a credential that extends this one by `...` has them too. */
function connect(tokens: AccountTokens): TokenCredential {
  return Object.freeze({ ...membersOf(tokens), ...METHODS, ...MAIN_METHODS, [GRANT]: GRANT_METHODS })
}

function membersOf(tokens: AccountTokens) {
  const { vendor, authorizer, origins, refuses, hub, proof } = tokens.settings()
  return {
    specVersion: 'v1' as const,
    vendor,
    account: tokens.account(),
    carries: authorizer.carries,
    origins: origins.origins,
    covers: origins.covers,
    refuses,
    on: hub.on,
    [TOKENS]: tokens,
    ...(proof && { prove }),
  }
}

async function prove(this: WithTokens, authorization: Authorization, sent: SentTo, answer?: ResponseView) {
  const { vendor, proof, made } = this[TOKENS].settings()
  const held = made?.get(authorization)
  if (!held || !proof) return undefined
  const { proofKey, tokens } = held
  const { accessToken, tokenType, extra } = tokens
  const added = await proof({ accessToken, tokenType, extra, proofKey }, sent, answer)
  const { headers, query, generation } = authorization
  return added && createAuthorization({ headers: { ...headers, ...added }, query }, generation, vendor)
}

const METHODS = {
  /** axios before 1.13 copies the plain objects in a request's options without their symbols; an object with a tag is not plain. */
  [Symbol.toStringTag]: 'Credential',
  authorization(this: WithTokens, wait?: WaitOptions) {
    const tokens = this[TOKENS]
    if (wait) assertKnownOptions(tokens.settings().vendor, wait, WAIT_OPTIONS)
    return tokens.authorization(wait?.signal)
  },
  async renew(this: WithTokens, refused: Authorization, options?: RenewOptions) {
    const renewed = await this[TOKENS].renew(refused.generation, options)
    return renewed?.keyed.place(renewed.held)
  },
  untilKnown(this: WithTokens, refused: Authorization, wait?: WaitOptions) {
    return this[TOKENS].untilKnown(refused, wait?.signal)
  },
  accepted(this: WithTokens, authorization: Authorization, response: ResponseView, sent: SentTo) {
    this[TOKENS].accepted(authorization, response, sent)
  },
  observe(this: WithTokens, event: ObservedEvent, detail: ObservedDetail) {
    const { generation, status, accepted = false, reason, sent, scopes = [], resourceMetadata } = detail
    const tokens = this[TOKENS]
    const lifecycle = event === 'replayed' ? tokens.current()?.lifecycle : undefined
    if (accepted) lifecycle?.accept(generation, sent, true)
    else if (sent) lifecycle?.acceptance.refuseAgain(generation, sent)
    const { hub } = tokens.settings()
    const account = tokens.account()
    if (event === 'refused') hub.emit(event, account, { generation, status, reason })
    else if (event === 'replayed') hub.emit(event, account, { generation, status, accepted })
    else if (event === 'scope_required') hub.emit(event, account, { generation, status, scopes, resourceMetadata })
    else hub.emit(event, account, { generation, status, reason: reason ?? 'not_replayable' })
  },
  async getToken(this: WithTokens, wait?: WaitOptions) {
    const { tokens, expiresAt } = await obtain(this[TOKENS], wait)
    const { accessToken, tokenType, scopes } = tokens
    return createAccessToken({ accessToken, tokenType, expiresAt, scopes })
  },
  async claims<T extends object = JwtClaims>(this: WithTokens, wait?: WaitOptions): Promise<T> {
    const { tokens } = await obtain(this[TOKENS], wait)
    return jwtClaims<T>(tokens.accessToken, of(this[TOKENS]))
  },
  async details<T extends object = Record<string, unknown>>(
    this: WithTokens,
    wait?: WaitOptions,
  ): Promise<Readonly<T>> {
    const tokens = this[TOKENS]
    assertKnownOptions(tokens.settings().vendor, wait, WAIT_OPTIONS)
    throwIfAborted(wait?.signal)
    const isAtHand = tokens.current()?.lifecycle.memory.usable(-1) !== undefined
    const found = isAtHand ? undefined : await abortable(look(tokens), wait?.signal)
    const stored = found && 'snapshot' in found ? found.snapshot.record?.tokens : undefined
    const { detailsOf } = await import('./seldom.ts')
    return detailsOf(stored ?? (await tokens.obtain(wait?.signal)).held.tokens) as Readonly<T>
  },
  status(this: WithTokens) {
    return readStatus(this[TOKENS])
  },
  async signOut(this: WithTokens) {
    const tokens = this[TOKENS]
    const settings = tokens.settings()
    const keyed = await tokens.find()
    const ended = await storeTombstone(settings, keyed.key)
    if (ended.type !== 'replaced') throw tokens.error(ended)
    keyed.lifecycle.replaced(ended.snapshot)
    tokens.use(keyed)
    settings.hub.emit('signed_out', tokens.account(), { generation: ended.snapshot.record?.generation ?? 0 })
    const before = ended.before?.tokens
    return { revoked: before ? await revokeQuietly(keyed.runtime, before) : false }
  },
  close(this: WithTokens, closing?: CloseOptions) {
    return close(this[TOKENS], closing)
  },
  [Symbol.asyncDispose](this: WithTokens) {
    return close(this[TOKENS])
  },
}

/** What the credential of a grant has in addition to those of its targets. */
const MAIN_METHODS = {
  async importTokens(this: WithTokens, given: ImportedTokens) {
    const tokens = this[TOKENS]
    const settings = tokens.settings()
    const { checkedImport } = await import('./seldom.ts')
    const imported = await checkedImport(settings.vendor, given, settings.canRefresh, settings.clock.now())
    return { imported: await storeAndUse(tokens, (key) => storeImported(settings, key, imported)) }
  },
}

const GRANT_METHODS: GrantMethods = {
  async storeSignIn(credential, given) {
    const tokens = tokensOf(credential)
    const settings = tokens.settings()
    try {
      const usable = usableTokens(await given, settings.clock.now(), of(tokens))
      await storeAndUse(tokens, (key) => storeSignedIn(settings, key, usable))
    } catch (error) {
      const generation = tokens.current()?.lifecycle.memory.held?.generation ?? 0
      settings.hub.emit('sign_in_failed', tokens.account(), { generation, reason: reasonOfSignIn(error) })
      throw error
    }
  },
  forTarget(credential, given) {
    const tokens = tokensOf(credential)
    const settings = tokens.settings()
    const { vendor, options } = settings
    const { target, grant, origins } = knownOptions(vendor, given, TARGET)
    requireText(vendor, { target }, ['target'])
    const changed = {
      ...settings,
      ...grantSettings(vendor, grant),
      target,
      origins: origins === undefined ? settings.origins : parseOrigins(vendor, origins, options),
    }
    return Object.freeze({ ...membersOf(new AccountTokens(changed, tokens.account())), ...METHODS })
  },
  forAccount: (credential, account) => connect(new AccountTokens(tokensOf(credential).settings(), account)),
}

function tokensOf(credential: object): AccountTokens {
  return (credential as WithTokens)[TOKENS]
}

function of(tokens: AccountTokens): { readonly vendor: string; readonly account: string } {
  return { vendor: tokens.settings().vendor, account: tokens.account() }
}

async function obtain(tokens: AccountTokens, wait: WaitOptions | undefined): Promise<HeldTokens> {
  assertKnownOptions(tokens.settings().vendor, wait, WAIT_OPTIONS)
  return (await tokens.obtain(wait?.signal)).held
}

async function close(tokens: AccountTokens, closing: CloseOptions = {}): Promise<void> {
  const { vendor, clock, underWay } = tokens.settings()
  const { timeoutMs = CLOSE_LIMIT_MS } = knownOptions(vendor, closing, { timeoutMs: true })
  const drain = async (): Promise<void> => {
    await tokens.drain()
    do await Promise.allSettled(Array.from(underWay.work ?? [], ([work, lifecycle]) => lifecycle?.drain() ?? work))
    while ([...(underWay.work?.values() ?? [])].includes(undefined))
  }
  await within(clock, milliseconds(vendor, 'timeoutMs', timeoutMs), drain(), () => undefined)
}

/** `close()` waits for it. @returns whether anything was stored */
async function storeAndUse(tokens: AccountTokens, store: (key: string) => Promise<Replaced>): Promise<boolean> {
  const work = storeGiven(tokens, store)
  begin(tokens.settings(), work, undefined)
  return await work
}

async function storeGiven(tokens: AccountTokens, store: (key: string) => Promise<Replaced>): Promise<boolean> {
  const keyed = await tokens.find()
  const stored = await store(keyed.key)
  if (stored.type !== 'replaced') throw tokens.error(stored)
  const { record } = stored.snapshot
  const isNew = record !== stored.before
  keyed.lifecycle.replaced(stored.snapshot)
  tokens.use(keyed)
  if (isNew) {
    const renewable = typeof routeOf(keyed.policy, stored.snapshot) === 'string'
    const generation = record?.generation ?? 0
    tokens.settings().hub.emit('signed_in', tokens.account(), { generation, renewable })
  }
  return isNew
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

function jwtClaims<T extends object>(token: string, of: { vendor: string; account: string }): T {
  try {
    return decodeJwt<T>(token)
  } catch {
    throw new CredentialError('not_a_jwt', `${of.vendor}: the access token is not a JWT; it has no claims to read`, of)
  }
}
