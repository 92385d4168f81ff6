import { isCredentialError, type TokenSet } from '@valetkey/core'
import {
  accountOption,
  CredentialError,
  invalidOption,
  isGrantError,
  knownOptions,
  type OptionNames,
  ownMembers,
  requireText,
  type TargetCredential,
} from '@valetkey/core/kit'
import {
  createFake,
  FAKE_OPTIONS,
  FAKE_ORIGIN,
  type FakeTokenCredential,
  type FakeTokenCredentialOptions,
  fakeSettings,
} from './fake-token-credential.ts'

export interface FakeSignInCredentialOptions extends Omit<FakeTokenCredentialOptions, 'acquires'> {
  /** Where the user returns after the sign-in. @default 'http://127.0.0.1/callback' */
  readonly redirectUri?: string | undefined
}

const { acquires: _acquires, ...OF_ACCOUNTS } = FAKE_OPTIONS
const OPTIONS: OptionNames<FakeSignInCredentialOptions> = { ...OF_ACCOUNTS, redirectUri: true }

/** The options of a sign-in, as with a vendor. */
export interface FakeBeginOptions {
  /** The scopes to ask for. @example ['read'] */
  readonly scopes?: readonly string[] | undefined
  /** In addition to the scopes that were granted. Not together with `scopes`. */
  readonly addScopes?: readonly string[] | undefined
  /** Further parameters of `url`. */
  readonly extra?: Readonly<Record<string, string>> | undefined
}

const BEGIN_OPTIONS: OptionNames<FakeBeginOptions> = { scopes: true, addScopes: true, extra: true }

/** Plain JSON to keep between begin and complete, with the same members as with a vendor. */
export interface FakePendingSignIn {
  readonly state: string
  readonly codeVerifier?: string
  readonly redirectUri: string
  readonly credential: string
  readonly scopes?: readonly string[]
  /** Unix ms. */
  readonly expiresAt: number
}

export interface FakeResourceOptions {
  /** @default the origins of the credential @example ['https://api.example.com'] */
  readonly origins?: readonly string[] | undefined
}

/** A credential for one API of a sign-in. */
export interface FakeResourceCredential extends TargetCredential {
  /** The same API for another account. */
  for(account: string): FakeResourceCredential
}

/** A `SignInCredential` of `@valetkey/oauth2` for tests of programs. Each account has separate controls and counts. */
export interface FakeSignInCredential extends FakeTokenCredential {
  /** The option of this name: where users return to. */
  readonly redirectUri: string
  /** `url` is not a real page: pass it to `approve` or `deny` instead of a browser. @throws CredentialError `invalid_option` */
  beginSignIn(options?: FakeBeginOptions): Promise<{ url: URL; signIn: FakePendingSignIn }>
  /**
   * While `failWith('client_rejected')`, `'token_unavailable'` or a failure of the store lasts, it rejects with that error.
   * @throws CredentialError `sign_in_failed` with the same `reason` as a vendor's credential
   */
  completeSignIn(callbackUrl: URL | string, signIn: FakePendingSignIn): Promise<void>
  /** The callback URL of a user who allows the request at `url`. @throws RangeError for another page */
  approve(url: URL | string): URL
  /** The callback URL of a user who denies it. @throws RangeError for another page */
  deny(url: URL | string): URL
  /** Another account, with the same options and listeners. The same account returns the same credential. */
  for(account: string): this
  /** A credential for one API of the same sign-in. @throws CredentialError `invalid_option`, `insecure_url` */
  resource(uri: string, options?: FakeResourceOptions): FakeResourceCredential
  /** The same for vendors that name APIs by an audience. @throws CredentialError `invalid_option`, `insecure_url` */
  audience(name: string, options?: FakeResourceOptions): FakeResourceCredential
}

/**
 * A credential for which users sign in, without vendor and network: `fakeTokenCredential` with sign-ins and accounts.
 *
 * @throws CredentialError `invalid_option`
 */
export function fakeSignInCredential(options: FakeSignInCredentialOptions = {}): FakeSignInCredential {
  const { redirectUri = 'http://127.0.0.1/callback', ...own } = knownOptions('@valetkey/testing', options, OPTIONS)
  if (!URL.canParse(redirectUri)) throw invalidOption('@valetkey/testing', 'redirectUri', 'must be an absolute URL')
  const settings = fakeSettings(own)
  const accounts = new Map<string, FakeSignInCredential>()
  const bases = new Set<FakeTokenCredential>()
  const subscriptions = new Set<(base: FakeTokenCredential) => void>()
  const page = createAuthorizationPage(redirectUri)
  const shared: Pick<FakeTokenCredential, 'on' | 'close' | typeof Symbol.asyncDispose> = {
    on(event, listener) {
      const ends: (() => void)[] = []
      const subscribe = (base: FakeTokenCredential) => void ends.push(base.on(event, listener))
      bases.forEach(subscribe)
      subscriptions.add(subscribe)
      return () => {
        subscriptions.delete(subscribe)
        for (const end of ends) end()
      }
    },
    async close(closing) {
      await Promise.all([...bases].map((base) => base.close(closing)))
    },
    [Symbol.asyncDispose]: () => shared.close(),
  }

  const accountOf = (name: string): FakeSignInCredential => {
    const account = accountOption(settings.vendor, { account: name })
    const known = accounts.get(account)
    if (known) return known
    const fake = createFake({ ...settings, account })
    const base = fake.credential
    for (const subscribe of subscriptions) subscribe(base)
    bases.add(base)
    const { vendor } = base
    const identity = JSON.stringify([vendor, 'fake', account])
    const api =
      (kind: 'resource' | 'audience') =>
      (value: string, given: FakeResourceOptions = {}): FakeResourceCredential => {
        const { origins } = knownOptions(vendor, given, { origins: true })
        requireText(vendor, { [kind]: value }, [kind])
        const ofAccount = {
          ...shared,
          signOut: base.signOut,
          for: (other: string) => accountOf(other)[kind](value, given),
        }
        return Object.freeze({ ...fake.target(`${kind}:${value}`, origins), ...ofAccount })
      }
    const members = {
      ...shared,
      async beginSignIn(given: FakeBeginOptions = {}) {
        const { scopes, addScopes, extra } = knownOptions(vendor, given, BEGIN_OPTIONS)
        if (scopes && addScopes) throw invalidOption(vendor, 'addScopes', 'must not be given together with "scopes"')
        const granted = addScopes && ((await base.status()).scopes ?? settings.scopes ?? [])
        const asked = granted ? [...new Set([...granted, ...addScopes])] : (scopes ?? settings.scopes)
        return page.begin({ identity, scopes: asked, extra, now: settings.clock.now() })
      },
      completeSignIn(callbackUrl: URL | string, signIn: FakePendingSignIn) {
        const failed = (reason: string) => {
          const problem = `${vendor}: this sign-in came to nothing (${reason}); sign in again`
          return new CredentialError('sign_in_failed', problem, { vendor, account, reason })
        }
        const tokens = page.complete({ callbackUrl, signIn, identity, now: settings.clock.now(), failed }, (scopes) =>
          answerOrError(() => fake.answerSignIn(scopes), { vendor, account }, settings.clock.now()),
        )
        return fake.storeSignIn(tokens)
      },
      redirectUri,
      approve: page.approve,
      deny: page.deny,
      for: accountOf,
      resource: api('resource'),
      audience: api('audience'),
    }
    // Counts are read when they are asked for.
    const both = { ...Object.getOwnPropertyDescriptors(base), ...Object.getOwnPropertyDescriptors(members) }
    const credential = Object.freeze(Object.defineProperties({}, both)) as FakeSignInCredential
    accounts.set(account, credential)
    return credential
  }
  return accountOf(settings.account)
}

/** The result of a sign-in while the vendor fails. A code yields tokens even if the account's refresh token is not valid. */
function answerOrError(answer: () => TokenSet, of: { vendor: string; account: string }, now: number): TokenSet {
  try {
    return answer()
  } catch (error) {
    if (!isGrantError(error)) throw error
    const { kind, status, oauthError, retryAfterMs = 0 } = error.failure
    const message = `${of.vendor}: the token endpoint was told to fail`
    if (kind === 'client_rejected') throw new CredentialError(kind, message, { ...of, status, oauthError })
    throw new CredentialError('token_unavailable', message, { ...of, status, oauthError, retryAt: now + retryAfterMs })
  }
}

/** As long as a sign-in at a vendor may take. */
const SIGN_IN_MS = 10 * 60_000

const PAGE = `${FAKE_ORIGIN}/authorize`

/** What a user has allowed, by its code. */
interface Consent {
  readonly scopes: readonly string[] | undefined
  readonly codeChallenge: string | null
}

interface Completion {
  readonly callbackUrl: URL | string
  readonly signIn: FakePendingSignIn
  readonly identity: string
  /** Unix ms. */
  readonly now: number
  failed(reason: string): CredentialError
}

/** The authorization page of the fake vendor, and the callbacks that it issued, for all accounts of one fake. */
function createAuthorizationPage(redirectUri: string) {
  const consents = new Map<string, Consent>()
  const used = new Set<string>()
  const answerAt = (url: URL | string, answer: (asked: URLSearchParams) => Record<string, string>): URL => {
    const { origin, pathname, searchParams } = new URL(url)
    if (origin + pathname !== PAGE) throw new RangeError(`the page is ${PAGE}`)
    const callback = new URL(redirectUri)
    const parameters = { ...answer(searchParams), state: searchParams.get('state') ?? '' }
    for (const [name, value] of Object.entries(parameters)) callback.searchParams.set(name, value)
    return callback
  }
  return {
    async begin(of: {
      readonly identity: string
      readonly scopes: readonly string[] | undefined
      readonly extra: Readonly<Record<string, string>> | undefined
      readonly now: number
    }) {
      const { identity, scopes, extra, now } = of
      const [state, codeVerifier] = [randomText(), randomText()]
      const url = new URL(PAGE)
      url.search = new URLSearchParams({
        ...extra,
        response_type: 'code',
        client_id: 'fake',
        redirect_uri: redirectUri,
        ...(scopes && { scope: scopes.join(' ') }),
        state,
        code_challenge: await challengeOf(codeVerifier),
        code_challenge_method: 'S256',
      }).toString()
      const expiresAt = now + SIGN_IN_MS
      const signIn = { state, codeVerifier, redirectUri, credential: identity, ...(scopes && { scopes }), expiresAt }
      return { url, signIn }
    },
    approve: (url: URL | string): URL =>
      answerAt(url, (asked) => {
        const code = randomText()
        consents.set(code, { scopes: asked.get('scope')?.split(' '), codeChallenge: asked.get('code_challenge') })
        return { code }
      }),
    deny: (url: URL | string): URL => answerAt(url, () => ({ error: 'access_denied' })),
    /** Checks in the same order as a vendor's credential. @throws CredentialError */
    async complete(
      { callbackUrl, signIn: given, identity, now, failed }: Completion,
      exchange: (scopes: readonly string[] | undefined) => TokenSet,
    ): Promise<TokenSet> {
      const { state, codeVerifier, credential, expiresAt, ...signIn } = ownMembers<Partial<FakePendingSignIn>>(
        given ?? {},
      )
      const isWhole = [state, codeVerifier, credential, signIn.redirectUri].every((text) => typeof text === 'string')
      if (!isWhole || typeof expiresAt !== 'number') throw failed('no_sign_in')
      if (credential !== identity || signIn.redirectUri !== redirectUri) throw failed('other_credential')
      const text = String(callbackUrl)
      if (!URL.canParse(text, redirectUri)) throw failed('invalid_callback')
      const { searchParams, pathname } = new URL(text, redirectUri)
      if (searchParams.get('state') !== state) throw failed('state_mismatch')
      if (pathname !== new URL(redirectUri).pathname) throw failed('redirect_mismatch')
      if (now >= expiresAt) throw failed('expired')
      if (used.has(state)) throw failed('already_used')
      used.add(state)
      const [error, code] = [searchParams.get('error'), searchParams.get('code')]
      if (error !== null) throw failed(error)
      if (code === null) throw failed('missing_code')
      const consent = consents.get(code)
      const challenge = await challengeOf(codeVerifier ?? '')
      if (consent?.codeChallenge !== challenge) throw failed('invalid_grant')
      try {
        const tokens = exchange(consent.scopes)
        consents.delete(code)
        return tokens
      } catch (refusal) {
        // After an outage the same callback may be tried again.
        if (isCredentialError(refusal, 'token_unavailable')) used.delete(state)
        throw refusal
      }
    },
  }
}

/** 256 random bits in hex: letters and digits that a PKCE verifier may have. */
function randomText(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** RFC 7636 §4.2, S256. */
async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
