import { decodeJwt } from 'jose/jwt/decode'
import { createAccessToken } from './access-token.ts'
import { type Carrier, createCarrier } from './carried-names.ts'
import type { Authorization, WaitOptions } from './credential.ts'
import { credentialStatus } from './credential-status.ts'
import { CredentialError, isCredentialError } from './errors.ts'
import { createEventHub } from './events.ts'
import { readKnown, storeProblem } from './flight/run-flight.ts'
import type { ObtainedTokens } from './flight/state.ts'
import type { Driver, Outcome } from './flights.ts'
import type { TokenSet } from './grant.ts'
import { checkedTokens } from './grant-call.ts'
import { type HeldTokens, hasPassed } from './held-tokens.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { negativeError } from './negative-result.ts'
import { refusesByDefault } from './refusal.ts'
import { sharedLifecycle } from './shared-lifecycles.ts'
import { storeSignedIn } from './sign-in.ts'
import { storeTombstone } from './sign-out.ts'
import { STORE_SIGN_IN } from './store-sign-in.ts'
import type {
  CredentialOptions,
  CredentialStatus,
  JwtClaims,
  TokenCredential,
  TokenCredentialDefinition,
} from './token-credential.ts'
import { createDriver, revokeQuietly } from './token-driver.ts'
import { type TokenSettings, tokenSettings } from './token-settings.ts'

/**
 * A credential whose tokens are kept valid: one refresh for any number of concurrent requests, over all processes that
 * share the store.
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function createTokenCredential(
  definition: TokenCredentialDefinition,
  options: CredentialOptions = {},
): TokenCredential {
  const settings = tokenSettings(definition, options)
  const { vendor } = definition
  const { account, clock, key, store, origins } = settings
  const hub = createEventHub(vendor, () => clock.now())
  const lifecycle = sharedLifecycle(store, key, () => createLifecycle(clock, settings.windows))
  const driver = createDriver(definition, options, settings, hub)
  const carrier = createCarrier(vendor, definition.carries ?? { headers: ['authorization'], query: [] })
  const place = createPlacer(definition, carrier)
  const refuses = definition.refuses ?? refusesByDefault
  const unwrap = (outcome: Outcome): HeldTokens => {
    if (outcome.type === 'tokens') return outcome.held
    throw negativeError(outcome, { vendor, account })
  }
  const obtain = async (signal: AbortSignal | null | undefined): Promise<HeldTokens> => {
    signal?.throwIfAborted()
    return heldNow(lifecycle, driver) ?? unwrap(await lifecycle.wait(-1, signal, driver))
  }

  const credential: TokenCredential = {
    specVersion: 'v1',
    vendor,
    account,
    carries: carrier.carries,
    covers: origins.covers,
    refuses: (response) => refuses(response),
    on: hub.on,
    authorization(wait) {
      const held = heldNow(lifecycle, driver)
      return held ? place(held) : obtain(wait?.signal).then(place)
    },
    async renew(refused, wait) {
      const outcome = await lifecycle.wait(refused.generation, wait?.signal, driver)
      return outcome.type === 'nothing' ? undefined : place(unwrap(outcome))
    },
    observe(event, detail) {
      const { generation, status, accepted = false, reason } = detail
      if (event === 'replayed' && accepted) lifecycle.accept(generation)
      if (event === 'refused') hub.emit(event, account, { generation, status, reason })
      else if (event === 'replayed') hub.emit(event, account, { generation, status, accepted })
      else hub.emit(event, account, { generation, status, reason: reason ?? 'not_replayable' })
    },
    async getToken(wait) {
      const { tokens, expiresAt } = await obtain(wait?.signal)
      const { accessToken, tokenType, scopes } = tokens
      return createAccessToken({ accessToken, tokenType, expiresAt, scopes })
    },
    async claims<T extends object = JwtClaims>(wait?: WaitOptions): Promise<T> {
      const { tokens } = await obtain(wait?.signal)
      return jwtClaims<T>(tokens.accessToken, { vendor, account })
    },
    status: () => readStatus(settings, driver, lifecycle, vendor),
    async signOut() {
      const ended = await storeTombstone(settings, key)
      if (ended.type !== 'replaced') throw negativeError(ended, { vendor, account })
      lifecycle.memory.clear()
      hub.emit('signed-out', account, { generation: ended.known.record?.generation ?? 0 })
      const tokens = ended.before?.tokens
      return { revoked: tokens ? await revokeQuietly(driver.shell, tokens) : false }
    },
    close: lifecycle.drain,
    [Symbol.asyncDispose]: lifecycle.drain,
  }
  const signIn = async (tokens: TokenSet): Promise<void> => {
    const stored = await storeSignedIn(settings, key, usableTokens(tokens, clock.now(), { vendor, account }))
    if (stored.type !== 'replaced') throw negativeError(stored, { vendor, account })
    lifecycle.memory.clear()
    lifecycle.memory.remember(stored.known)
  }
  return Object.freeze(Object.defineProperty(credential, STORE_SIGN_IN, { value: signIn }))
}

function usableTokens(tokens: TokenSet, now: number, of: { vendor: string; account: string }): ObtainedTokens {
  try {
    return checkedTokens(tokens, now)
  } catch {
    const message = `${of.vendor}: the vendor answered the sign-in with tokens that cannot be used`
    throw new CredentialError('sign_in_failed', message, { ...of, reason: 'unusable_tokens' })
  }
}

/** Tokens that memory may serve; what is due is begun in the background. */
function heldNow({ memory, attend }: Lifecycle, driver: Driver): HeldTokens | undefined {
  const held = memory.held()
  if (held === undefined) return undefined
  const { clock } = driver.shell
  if (!hasPassed(held.quietUntil, clock)) return held
  if (hasPassed(held.hardExpiry, clock)) return undefined
  attend(driver)
  return held
}

/** Places each generation once. */
function createPlacer(
  { place = placeBearer }: TokenCredentialDefinition,
  { authorize }: Carrier,
): (held: HeldTokens) => Authorization {
  let last: { readonly held: HeldTokens; readonly authorization: Authorization } | undefined
  return (held) => {
    if (last?.held === held) return last.authorization
    const isSame = last?.held.generation === held.generation
    const authorization = isSame && last ? last.authorization : authorize(place(held.tokens), held.generation)
    last = { held, authorization }
    return authorization
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

async function readStatus(
  { store, clock, key, account }: TokenSettings,
  { policy }: Driver,
  lifecycle: Lifecycle,
  vendor: string,
): Promise<CredentialStatus> {
  const of = { vendor, account }
  try {
    const known = await readKnown({ store, clock }, key)
    if (known === undefined) throw negativeError({ type: 'unreadable' }, of)
    const offset = clock.now() - known.now - (clock.monotonic() - known.mono)
    return credentialStatus(policy, known, (storeTime) => Math.round(storeTime + offset))
  } catch (error) {
    if (isCredentialError(error, 'record_unreadable')) throw error
    const held = lifecycle.memory.usable(-1)
    if (held) return statusFromMemory(held)
    throw negativeError({ type: 'store', reason: storeProblem(error) }, of)
  }
}

/** With the store down, what memory holds is still good. Whether it can be renewed is then unknown. */
function statusFromMemory({ expiresAt, tokens }: HeldTokens): CredentialStatus {
  return {
    state: 'ready',
    renewable: false,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(tokens.scopes && { scopes: tokens.scopes }),
  }
}
