import type { Clock, CloseOptions, CredentialOptions, GrantContext, TokenCredential, TokenSet } from '@valetkey/core'
import { isCredentialError, memoryStore } from '@valetkey/core'
import type { CredentialErrorInit, Factory, InsecureHosts, OptionNames } from '@valetkey/core/kit'
import {
  abortWith,
  accountOption,
  createFactory,
  isGrantError,
  isSecureEnough,
  knownOptions,
  onAbort,
  ownMembers,
  requireText,
  storeSignIn,
  systemClock,
  throwIfAborted,
} from '@valetkey/core/kit'
import { createAccounts } from '../accounts.ts'
import type { TokenEndpoint } from '../endpoint.ts'
import {
  createGrantCredential,
  DEVICE_GRANT_TYPE,
  identityOfSignIn,
  refreshingGrant,
  resolveTokenEndpoint,
  scopeParameter,
} from '../endpoint.ts'
import type { OAuthOptions } from '../options.ts'
import { OAUTH_OPTIONS, parseHttpUrl, resourceParameters } from '../options.ts'
import type { AccountResourceCredential, Resources } from '../resources.ts'
import { resourcesOfAccounts } from '../resources.ts'
import { requestSignIn, signInFailed } from '../sign-in/errors.ts'
import { scopesToAsk } from '../sign-in/scopes.ts'
import { readLifetime } from '../wire/answer.ts'
import { unusable } from '../wire/refusal.ts'
import { requestServer, requestTokens } from '../wire/request.ts'

/** A credential whose tokens a person gives by signing in on another device. Safe for concurrent use. */
export interface DeviceCredential extends TokenCredential, Resources<AccountResourceCredential> {
  /**
   * Asks the vendor for a code that the person enters on another device, and waits in the background until they have.
   * `signal` ends that; so does `close()`.
   *
   * @throws CredentialError `client_rejected`, `token_unavailable`, `timeout`; with `addScopes` also `invalid_option`,
   * `store_unavailable`, `record_unreadable`; `signal.reason`
   */
  beginSignIn(options?: BeginDeviceSignInOptions): Promise<DeviceSignIn>
  /** The same vendor and client for another account, sharing store, settings and listeners. The same account gives the same state. */
  for(account: string): this
}

export interface BeginDeviceSignInOptions {
  /** Ends the wait for the person. @example AbortSignal.timeout(300_000) */
  readonly signal?: AbortSignal | null | undefined
  /** In addition to the scopes of the stored tokens, or to the credential's if there are none. @example ['boats:write'] */
  readonly addScopes?: readonly string[] | undefined
}

const BEGIN_OPTIONS: OptionNames<BeginDeviceSignInOptions> = { signal: true, addScopes: true }

/** What to show to the person, and when they are done. */
export interface DeviceSignIn {
  readonly userCode: string
  readonly verificationUri: string
  /** The same page with the code filled in, for a link or a QR code. */
  readonly verificationUriComplete?: string
  /** Unix ms, by this machine's clock. */
  readonly expiresAt: number
  /**
   * Resolves when the tokens are stored. Awaiting it is optional: its rejection never counts as unhandled. Until then the
   * process stays alive, for as long as the code does.
   *
   * @throws CredentialError `sign_in_failed` with the reason `access_denied`, `expired_token`, `invalid_grant` or `closed`;
   * `client_rejected`, `store_unavailable`, `record_unreadable`; `signal.reason`
   */
  readonly done: Promise<void>
}

/**
 * Tokens that people give by signing in on another device (RFC 8628), for terminals and machines without a browser; renewed
 * by refresh token where the vendor gives one. Without a `clientSecret` the client is a public one.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const deviceCode: Factory<OAuthOptions, DeviceCredential> = /* @__PURE__ */ createFactory(
  '@valetkey/oauth2',
  OAUTH_OPTIONS,
  createDeviceCode,
)

function createDeviceCode(own: OAuthOptions): DeviceCredential {
  const endpoint = resolveTokenEndpoint(own)
  if (own.issuer === undefined) requireText(own.vendor, own, ['deviceAuthorizationUrl'])
  const { clock = systemClock } = own
  const settings = ownMembers({ ...own, clock, store: own.store ?? memoryStore({ clock }) })
  const identity = identityOfSignIn(endpoint, { name: 'device_code', grantType: DEVICE_GRANT_TYPE })
  const grant = refreshingGrant(endpoint)
  const signIns = createDeviceSignIns(endpoint, settings)

  const first = createGrantCredential(settings, endpoint, identity, grant)
  const accountOf: (account: string) => DeviceCredential = createAccounts(
    first,
    (credential): DeviceCredential => Object.freeze({ ...credential, ...ofEach }),
  )
  const close = (closing?: CloseOptions): Promise<void> => {
    signIns.end()
    return first.close(closing)
  }
  /** Shared by all accounts. */
  const ofEach = {
    ...resourcesOfAccounts(endpoint, refreshingGrant, accountOf),
    close,
    [Symbol.asyncDispose]: () => close(),
    async beginSignIn(this: TokenCredential, begin: BeginDeviceSignInOptions = {}) {
      return signIns.begin(this, knownOptions(own.vendor, begin, BEGIN_OPTIONS))
    },
    for: accountOf,
  }
  return accountOf(accountOption(own.vendor, own))
}

type Settings = CredentialOptions & { readonly clock: Clock }

/** The sign-ins under way, of all accounts. */
export interface DeviceSignIns {
  /** @throws CredentialError, `signal.reason` */
  begin(credential: TokenCredential, options: BeginDeviceSignInOptions): Promise<DeviceSignIn>
  /** Ends them, except those whose tokens are being stored. */
  end(): void
}

function createDeviceSignIns(endpoint: TokenEndpoint, settings: Settings): DeviceSignIns {
  const underWay = new Set<() => void>()
  return {
    begin(credential, { signal, addScopes }) {
      const { vendor, account } = credential
      const closing = new AbortController()
      const close = () => abortWith(closing, signInFailed('closed', 'the credential was closed', { vendor, account }))
      const leave = onAbort(signal, () => abortWith(closing, signal?.reason))
      const polling = createPolling(endpoint, settings, credential, closing.signal)
      const beginning = begin(polling, settings, credential, addScopes)
      const over = beginning.then(({ done }) => done).catch(() => undefined)
      underWay.add(close)
      void over.then(() => {
        leave()
        underWay.delete(close)
      })
      return beginning
    },
    end() {
      for (const close of underWay) close()
    },
  }
}

function createPolling(
  endpoint: TokenEndpoint,
  settings: Settings,
  { vendor, account }: TokenCredential,
  signal: AbortSignal,
): Polling {
  const of = { vendor, account }
  return {
    endpoint,
    clock: settings.clock,
    signal,
    of,
    ask: (work) => requestSignIn(settings, of, work, signal),
  }
}

async function begin(
  polling: Polling,
  settings: Settings,
  credential: TokenCredential,
  addScopes: readonly string[] | undefined,
): Promise<DeviceSignIn> {
  const { endpoint, clock, ask } = polling
  const asked = await scopesToAsk(endpoint, { addScopes }, async () => (await credential.status()).scopes)
  const authorization = await ask((context) => requestDeviceCode({ ...endpoint, scopes: asked }, settings, context))
  const { userCode, verificationUri, verificationUriComplete, lifetimeMs } = authorization
  // What was asked for is granted unless the vendor says otherwise (RFC 6749 §5.1).
  const scopes = asked.length === 0 ? undefined : asked
  const tokens = pollForTokens(polling, authorization)
  const done = storeSignIn(
    credential,
    tokens.then((given) => ({ ...given, scopes: given.scopes ?? scopes })),
  )
  return {
    userCode,
    verificationUri,
    ...(verificationUriComplete !== undefined && { verificationUriComplete }),
    expiresAt: clock.now() + lifetimeMs,
    done,
  }
}

/** RFC 8628 §3.5: for `slow_down`, from then on. */
const SLOWER_BY_MS = 5_000

/** A vendor that does not answer is asked half as often each time (RFC 8628 §3.5), but a person is waiting. */
const LONGEST_PAUSE_MS = 60_000

export interface Polling {
  readonly endpoint: TokenEndpoint
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly of: CredentialErrorInit
  /** Runs one request within the limits of a sign-in. */
  ask<T>(work: (context: GrantContext) => Promise<T>): Promise<T>
}

/** No user has signed in yet, or it is unknown. */
interface NotYet {
  readonly type: 'pending' | 'slower' | 'no_answer'
  /** At least so long before the next request. */
  readonly pauseMs: number
}

/**
 * Asks until the person has signed in (RFC 8628 §3.4, §3.5). A vendor that cannot be reached is asked again, until the code
 * expires.
 *
 * @throws CredentialError, `signal.reason`
 */
async function pollForTokens(polling: Polling, authorization: DeviceAuthorization): Promise<TokenSet> {
  const { clock, signal, of } = polling
  const deadline = clock.monotonic() + authorization.lifetimeMs
  let { intervalMs } = authorization
  let pauseMs = intervalMs
  let failures = 0
  for (;;) {
    const leftMs = deadline - clock.monotonic()
    await clock.sleep(Math.min(pauseMs, leftMs), signal)
    throwIfAborted(signal)
    if (pauseMs >= leftMs) throw signInFailed('expired_token', 'no user signed in before the code expired', of)
    const answer = await attempt(polling, authorization)
    if (!('type' in answer)) return answer
    if (answer.type === 'slower') intervalMs += SLOWER_BY_MS
    failures = answer.type === 'no_answer' ? failures + 1 : 0
    pauseMs = Math.max(intervalMs, Math.min(intervalMs * 2 ** failures, LONGEST_PAUSE_MS), answer.pauseMs)
  }
}

async function attempt({ endpoint, ask }: Polling, { deviceCode }: DeviceAuthorization): Promise<TokenSet | NotYet> {
  const request = { grantType: DEVICE_GRANT_TYPE, parameters: { device_code: deviceCode }, secrets: [deviceCode] }
  try {
    return await ask((context) => requestTokens(endpoint, request, context).catch(notYet))
  } catch (error) {
    if (isCredentialError(error, 'timeout')) return { type: 'no_answer', pauseMs: 0 }
    throw error
  }
}

/** @throws the error if it ends the sign-in */
function notYet(error: unknown): NotYet {
  if (!isGrantError(error)) throw error
  const { kind, oauthError, retryAfterMs = 0 } = error.failure
  if (oauthError === 'authorization_pending') return { type: 'pending', pauseMs: 0 }
  if (oauthError === 'slow_down') return { type: 'slower', pauseMs: retryAfterMs }
  if (kind === 'token_unavailable') return { type: 'no_answer', pauseMs: retryAfterMs }
  throw error
}

/** RFC 8628 §3.2: what counts when the vendor names no interval. */
const DEFAULT_INTERVAL_MS = 5_000

/** What the vendor answers to a device that wants to be signed in. */
export interface DeviceAuthorization {
  /** A secret of this program and the vendor; nothing that a person sees. */
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  readonly verificationUriComplete?: string
  readonly lifetimeMs: number
  readonly intervalMs: number
}

/** RFC 8628 §3.1. @throws GrantError */
async function requestDeviceCode(
  endpoint: TokenEndpoint,
  { allowInsecureRequests: permitted }: Pick<CredentialOptions, 'allowInsecureRequests'>,
  context: GrantContext,
): Promise<DeviceAuthorization> {
  const { additions, clientId } = endpoint
  const named = { ...additions.authorizationParameters, ...scopeParameter(endpoint), client_id: clientId }
  const parameters = [...Object.entries(named), ...resourceParameters(endpoint)]
  const body = await requestServer(endpoint, { to: 'deviceAuthorizationUrl', parameters, secrets: [] }, context)
  const complete = body.verification_uri_complete
  return {
    deviceCode: readText(body.device_code, 'device_code'),
    userCode: readText(body.user_code, 'user_code'),
    // Google's name for it.
    verificationUri: readPage(body.verification_uri ?? body.verification_url, permitted),
    ...(complete !== undefined && complete !== null && { verificationUriComplete: readPage(complete, permitted) }),
    lifetimeMs: readSeconds(body.expires_in) ?? nonsense('expires_in'),
    intervalMs: readSeconds(body.interval) ?? DEFAULT_INTERVAL_MS,
  }
}

function readText(value: unknown, name: string): string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,1024}$/.test(value) ? value : nonsense(name)
}

/** A person signs in there, and a program may open it: no other scheme, no plain http. */
function readPage(value: unknown, permitted: InsecureHosts | undefined): string {
  const url = parseHttpUrl(value)
  return url && isSecureEnough(url, permitted) ? url.href : nonsense('verification_uri')
}

function readSeconds(value: unknown): number | undefined {
  const seconds = readLifetime(value)
  return seconds ? seconds * 1000 : undefined
}

function nonsense(name: string): never {
  throw unusable(`the answer holds no usable ${name}`)
}
