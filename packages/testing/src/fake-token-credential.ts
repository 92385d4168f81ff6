import {
  type Clock,
  type CredentialErrorCode,
  type CredentialOptions,
  createTokenCredential,
  GrantError,
  memoryStore,
  type TokenCredential,
  type TokenGrant,
  type TokenSet,
  type TokenStore,
} from '@valetkey/core'
import {
  accountOption,
  CredentialError,
  forTarget,
  type GrantFailure,
  invalidOption,
  knownOptions,
  type OptionNames,
  storeSignIn,
  systemClock,
  type TargetCredential,
} from '@valetkey/core/kit'
import { UnsecuredJWT } from 'jose/jwt/unsecured'
import type { FakeCredential, FakeCredentialOptions, FakeObservation } from './fake-credential.ts'
import { checkFakeOptions } from './fake-options.ts'

export interface FakeTokenCredentialOptions
  extends Pick<FakeCredentialOptions, 'vendor' | 'account' | 'origins'>,
    Pick<CredentialOptions, 'clock'> {
  /** Access tokens, returned one after the other. @default `fake-token-1`, `fake-token-2`, …, also after the last one in the list */
  readonly tokens?: readonly string[] | undefined
  /** Makes each access token a JWT, not signed, with these claims and `iat`, `exp`, `jti`. Not together with `tokens`. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** Lifetime of an access token, s. @default 3600 */
  readonly expiresIn?: number | undefined
  /** The scopes that the vendor grants. @default not stated @example ['read', 'write'] */
  readonly scopes?: readonly string[] | undefined
  /** What the vendor sends along with the tokens, for `details()`. JSON. @default nothing */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** Whether a user has signed in before the program started. @default true */
  readonly signedIn?: boolean | undefined
  /** Whether it gets tokens without a user, as client credentials do; then there is no refresh token. @default false */
  readonly acquires?: boolean | undefined
}

export const FAKE_OPTIONS: OptionNames<FakeTokenCredentialOptions> = {
  vendor: true,
  account: true,
  origins: true,
  clock: true,
  tokens: true,
  claims: true,
  expiresIn: true,
  scopes: true,
  details: true,
  signedIn: true,
  acquires: true,
}

/** Controls of a fake. Await each call: then the program sees its effect. */
export interface FakeControls {
  /**
   * From now on `getToken`, `authorization`, `renew` and `claims` reject with this code, even if a token was valid, until
   * `recover`, `signIn` or another `failWith`. For a code that the vendor or the store causes, the fake makes its vendor or store
   * fail: events are emitted and `status()` reports it. Any other code only makes these calls, and `completeSignIn`, reject.
   * @throws CredentialError `invalid_option` for an unknown code; if it `acquires`, also for a code that requires a user
   */
  failWith(code: CredentialErrorCode): Promise<void>
  /** Ends what `failWith` began; a user who was signed in before is signed in again. The next use gets a new token. */
  recover(): Promise<void>
  /** The access token has expired: the next use gets a new one. Without a valid grant nothing changes. */
  expire(): Promise<void>
  /** A user signs in, which ends what `failWith` began. */
  signIn(): Promise<void>
}

/** A token credential for tests of programs, with controls and counts of its calls. */
export interface FakeTokenCredential
  extends TokenCredential,
    FakeControls,
    Pick<FakeCredential, 'authorizations' | 'renewals' | 'observed'> {}

/**
 * A token credential that needs no vendor and no network: `createTokenCredential` with a store in memory and a grant that
 * returns tokens immediately. Every API accepts a new token immediately: no request waits before it is replayed after a 401.
 *
 * @throws CredentialError `invalid_option`
 */
export function fakeTokenCredential(options: FakeTokenCredentialOptions = {}): FakeTokenCredential {
  const { credential } = createFake(fakeSettings(knownOptions('@valetkey/testing', options, FAKE_OPTIONS)))
  return Object.freeze(credential)
}

/** Checked options with their defaults. */
export interface FakeSettings extends Pick<FakeTokenCredentialOptions, 'origins' | 'claims' | 'scopes'> {
  readonly vendor: string
  readonly account: string
  readonly clock: Clock
  readonly tokens: readonly string[]
  readonly expiresIn: number
  readonly extra: Record<string, unknown> | undefined
  readonly signedIn: boolean
  readonly acquires: boolean
}

/** @throws CredentialError `invalid_option` */
export function fakeSettings(own: FakeTokenCredentialOptions): FakeSettings {
  checkFakeOptions(own)
  const { vendor = 'fake', clock = systemClock, tokens, claims, expiresIn = 3600, scopes, details } = own
  if (tokens && claims) throw invalidOption('@valetkey/testing', 'claims', 'must not be given together with "tokens"')
  return {
    vendor,
    account: accountOption('@valetkey/testing', own),
    origins: own.origins,
    clock,
    tokens: tokens ?? [],
    claims,
    expiresIn,
    scopes,
    extra: details && { ...details },
    signedIn: own.signedIn ?? true,
    acquires: own.acquires ?? false,
  }
}

/** What the vendor answers while it fails. Its `retryAfterMs` is longer than any wait of core, so that no call waits. */
const REFUSALS: Readonly<Partial<Record<CredentialErrorCode, GrantFailure>>> = {
  token_unavailable: { kind: 'token_unavailable', sent: true, status: 503, retryAfterMs: 60_000 },
  client_rejected: { kind: 'client_rejected', sent: true, status: 401, oauthError: 'invalid_client' },
  reauthorization_required: {
    kind: 'reauthorization_required',
    sent: true,
    status: 400,
    oauthError: 'invalid_grant',
  },
}

const STORE_FAILURES: readonly CredentialErrorCode[] = ['store_unavailable', 'record_unreadable']

/** Only with users: a program that acquires never gets these codes. */
const OF_PEOPLE: readonly CredentialErrorCode[] = ['not_signed_in', 'reauthorization_required']

type TokenCall = Pick<TokenCredential, 'authorization' | 'getToken' | 'renew' | 'claims'>

/** Errors that neither a grant nor a store causes, made for the account that they are about. */
const OTHER_ERRORS: Readonly<
  Partial<Record<CredentialErrorCode, (of: { vendor: string; account: string }) => CredentialError>>
> = {
  timeout: (of) => new CredentialError('timeout', told('timeout', of), of),
  sign_in_failed: (of) =>
    new CredentialError('sign_in_failed', told('sign_in_failed', of), { ...of, reason: 'access_denied' }),
  redirect_refused: (of) => new CredentialError('redirect_refused', told('redirect_refused', of), of),
  uncovered_origin: (of) =>
    new CredentialError('uncovered_origin', told('uncovered_origin', of), { ...of, origin: FAKE_ORIGIN }),
  not_a_jwt: (of) => new CredentialError('not_a_jwt', told('not_a_jwt', of), of),
  insecure_url: (of) => new CredentialError('insecure_url', told('insecure_url', of), of),
  invalid_option: (of) =>
    new CredentialError('invalid_option', told('invalid_option', of), { ...of, option: 'failWith' }),
}

const CODES: readonly string[] = [
  'not_signed_in',
  ...STORE_FAILURES,
  ...Object.keys(REFUSALS),
  ...Object.keys(OTHER_ERRORS),
]

function told(code: CredentialErrorCode, { vendor }: { vendor: string }): string {
  return `[${vendor}] the fake credential was told to fail with "${code}"`
}

/** Gets no request: the origin of a fake that covers every other one. */
export const FAKE_ORIGIN = 'https://fake.invalid'

/** A fake, and what its sign-in needs. */
export interface Fake {
  readonly credential: FakeTokenCredential
  /** The token endpoint's answer to a successful sign-in. @throws GrantError, CredentialError while it fails */
  answerSignIn(scopes: readonly string[] | undefined): TokenSet
  /** Stores the tokens of a sign-in. @throws as `storeSignIn` */
  storeSignIn(tokens: Promise<TokenSet>): Promise<void>
  /** The same account's credential for an API, as `resource()` and `audience()` return it. */
  target(name: string, origins: readonly string[] | undefined): TargetCredential
}

/** One account. Each has a separate store, so that one can fail while another does not. */
export function createFake(settings: FakeSettings): Fake {
  const { vendor, account, clock, acquires } = settings
  const of = { vendor, account }
  let failing: CredentialErrorCode | undefined
  let isSignedOut = !settings.signedIn && !acquires
  let granted: Pick<TokenSet, 'scopes' | 'extra'> = { scopes: settings.scopes, extra: settings.extra }

  const source = createTokenSource(settings)
  const answer = (tokens: () => TokenSet): TokenSet => {
    const refusal = failing && REFUSALS[failing]
    if (refusal) throw new GrantError(refusal)
    return tokens()
  }
  const signInTokens = (scopes = settings.scopes): TokenSet => ({
    ...source.tokens(),
    scopes,
    extra: settings.extra,
    refreshToken: source.refreshToken(),
  })
  const acquire = async () => answer(() => ({ ...source.tokens(), scopes: settings.scopes, extra: settings.extra }))
  // Scopes that it does not repeat stay granted.
  const refresh = async () => answer(() => ({ ...source.tokens(), refreshToken: source.refreshToken() }))
  const grant: TokenGrant = { ...(acquires ? { acquire } : { refresh }), revoke: async () => undefined }

  const definition = { vendor, origins: settings.origins ?? [FAKE_ORIGIN], identity: ['fake'], grant }
  const connect = (store: TokenStore) =>
    createTokenCredential(definition, { store, account, clock, allowInsecureRequests: true })
  const inner = memoryStore({ clock })
  const ready = isSignedOut || acquires ? undefined : storeSignIn(connect(inner), signInTokens())
  const store = failingStore(inner, async () => {
    await ready
    if (failing === 'record_unreadable') throw new CredentialError(failing, told(failing, of), of)
    // For this kind of grant the lifecycle does not wait for an outage to end.
    if (failing === 'store_unavailable')
      throw new CredentialError('invalid_option', told(failing, of), { ...of, option: 'store' })
  })
  const real = connect(store)
  /** Another credential of the same store: it changes the tokens of the program's credential, and emits no events there. */
  const elsewhere = connect(store)

  const replaceToken = async (): Promise<void> => {
    if (acquires) return void (await elsewhere.signOut())
    await elsewhere.importTokens({ refreshToken: source.refreshToken(), ...granted })
  }
  const expire = async (): Promise<void> => {
    // This failure occurs only if the token has ended.
    if (failing && STORE_FAILURES.includes(failing)) return
    const { state, scopes } = await elsewhere.status()
    if (state !== 'ready' && !acquires) return
    if (!acquires) granted = { scopes: scopes && [...scopes], extra: { ...(await elsewhere.details()) } }
    await replaceToken()
  }
  const recover = async (): Promise<void> => {
    const code = failing
    failing = undefined
    if (code === undefined || Object.hasOwn(OTHER_ERRORS, code)) return
    if (isSignedOut) await elsewhere.signOut()
    else await replaceToken()
  }
  const failWith = async (code: CredentialErrorCode): Promise<void> => {
    if (!CODES.includes(code)) throw invalidOption(vendor, 'code', `must be one of ${CODES.join(', ')}`)
    if (acquires && OF_PEOPLE.includes(code))
      throw invalidOption(vendor, 'code', `must not be "${code}": this credential gets its tokens without a person`)
    await recover()
    if (Object.hasOwn(OTHER_ERRORS, code)) failing = code
    else if (code === 'not_signed_in') {
      await elsewhere.signOut()
      failing = code
    } else {
      await (isSignedOut ? replaceToken() : expire())
      failing = code
      await real.getToken().catch(() => undefined)
    }
  }

  /** The program has another grant: failures of the last one no longer apply. */
  const grantIsNew = (): void => {
    isSignedOut = false
    if (failing && OF_PEOPLE.includes(failing)) failing = undefined
  }

  const counts = { authorizations: 0, renewals: 0, observed: [] as FakeObservation[] }
  let newest = 0
  const refuse = (): CredentialError | undefined => failing && OTHER_ERRORS[failing]?.(of)
  const guarded = <Held extends TargetCredential>(held: Held) => ({
    ...held,
    ...(settings.origins === undefined && { origins: undefined, covers: () => true }),
    ...guardedCalls(held, refuse),
    untilKnown: () => undefined,
  })
  const guardedReal = guarded(real)
  const credential: FakeTokenCredential = {
    ...guardedReal,
    authorization(wait) {
      counts.authorizations += 1
      return guardedReal.authorization(wait)
    },
    async renew(refused, options) {
      const renewed = await guardedReal.renew(refused, options)
      // All callers that report one token get the same new one.
      if (renewed && renewed.generation > newest) counts.renewals += 1
      newest = Math.max(newest, renewed?.generation ?? 0)
      return renewed
    },
    observe(event, detail) {
      counts.observed.push({ event, ...detail })
      real.observe?.(event, detail)
    },
    async importTokens(tokens) {
      const outcome = await real.importTokens(tokens)
      if (outcome.imported) grantIsNew()
      return outcome
    },
    async signOut() {
      const ended = await real.signOut()
      isSignedOut = !acquires
      return ended
    },
    failWith,
    recover,
    expire,
    async signIn() {
      failing = undefined
      await storeSignIn(real, signInTokens())
      grantIsNew()
    },
    get authorizations() {
      return counts.authorizations
    },
    get renewals() {
      return counts.renewals
    },
    observed: counts.observed,
  }
  return {
    credential,
    answerSignIn(scopes) {
      const error = refuse()
      if (error) throw error
      return failing === 'reauthorization_required' ? signInTokens(scopes) : answer(() => signInTokens(scopes))
    },
    async storeSignIn(tokens) {
      await storeSignIn(real, tokens)
      grantIsNew()
    },
    target: (target, origins) => Object.freeze(guarded(forTarget(real, { target, grant, origins }))),
  }
}

/** For an error that only the fake itself causes, the calls that return tokens reject with it. */
function guardedCalls(held: TokenCall, refuse: () => CredentialError | undefined): TokenCall {
  const guard =
    <Arguments extends readonly unknown[], Given>(call: (...given: Arguments) => Given | Promise<Given>) =>
    (...given: Arguments): Given | Promise<Given> => {
      const error = refuse()
      return error ? Promise.reject(error) : call(...given)
    }
  return {
    authorization: guard((...given: Parameters<TokenCall['authorization']>) => held.authorization(...given)),
    renew: async (...given) => guard(() => held.renew(...given))(),
    getToken: async (...given) => guard(() => held.getToken(...given))(),
    claims: async <T extends object>(...given: Parameters<TokenCredential['claims']>) =>
      guard(() => held.claims<T>(...given))(),
  }
}

/** `admit` allows or refuses each call. */
function failingStore(inner: TokenStore, admit: () => Promise<void>): TokenStore {
  return {
    ...inner,
    async get(key) {
      await admit()
      return inner.get(key)
    },
    async compareAndSet(...given) {
      await admit()
      return inner.compareAndSet(...given)
    },
  }
}

/** The tokens of the fake vendor. */
function createTokenSource({ tokens: named, claims, expiresIn, clock }: FakeSettings) {
  let accessTokens = 0
  let refreshTokens = 0
  const accessToken = (): string => {
    accessTokens += 1
    if (!claims) return named[accessTokens - 1] ?? `fake-token-${accessTokens}`
    const iat = Math.floor(clock.now() / 1000)
    return new UnsecuredJWT({ iat, exp: iat + expiresIn, jti: `fake-token-${accessTokens}`, ...claims }).encode()
  }
  return {
    tokens: (): TokenSet => ({ accessToken: accessToken(), expiresIn }),
    refreshToken(): string {
      refreshTokens += 1
      return `fake-refresh-token-${refreshTokens}`
    },
  }
}
