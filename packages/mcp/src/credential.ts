import type {
  Authorization,
  CloseOptions,
  CredentialEventListener,
  CredentialEventName,
  WaitOptions,
} from '@valetkey/core'
import { isCredentialError } from '@valetkey/core'
import type { Factory, OptionNames } from '@valetkey/core/kit'
import { accountOption, knownOptions, onAbort, ownMembers, pickOptions, throwIfAborted } from '@valetkey/core/kit'
import type { BeginSignInOptions, SignInCredential } from '@valetkey/oauth2'
import { authorizationCode } from '@valetkey/oauth2'
import type { Connection, StoredConnection } from './connection.ts'
import { connect, readConnection } from './connection.ts'
import type { Challenge } from './discovery.ts'
import type { McpCredentialOptions, McpSettings } from './options.ts'
import { MCP_OPTIONS, resolveOptions } from './options.ts'

/** The credential of a user at an MCP server. Safe for concurrent use. */
export interface McpCredential extends Omit<SignInCredential, 'for' | 'resource' | 'audience'> {
  /** The same server and client for another account, sharing registration, store, settings and listeners. */
  for(account: string): McpCredential
}

const BEGIN_OPTIONS: OptionNames<BeginSignInOptions> = { scopes: true, addScopes: true, extra: true }

/**
 * Tokens for an MCP server, from a user who signs in at its authorization server. valetkey asks both servers when a sign-in begins
 * (RFC 9728, RFC 8414, OpenID Connect Discovery); the client is `clientId`, the URL of the metadata document, or a registration
 * (RFC 7591) that all processes with this store share. Tokens are bound to the server (`resource`, RFC 8707), to the issuer and to
 * the client: after a change of any, the user signs in again, and no refresh token is sent elsewhere.
 *
 * Until then requests, `status()` and `getToken()` only read the store. `beginSignIn` and `importTokens` also reject with
 * `token_unavailable` if a server gives no answer, and `client_rejected` if its answer cannot be used.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const mcpCredential: Factory<McpCredentialOptions, McpCredential> = /* @__PURE__ */ Object.assign(
  (options: McpCredentialOptions) => createMcpCredential(resolveOptions(options)),
  { options: MCP_OPTIONS },
)

/** Connected, or not yet. */
interface Held extends StoredConnection {
  readonly grant: SignInCredential
}

function createMcpCredential(settings: McpSettings): McpCredential {
  /** Before there is a registration: checks the options, and reports that no user has signed in. */
  const unconnected = grantOf(settings, undefined)
  /** Every grant that may still be working. */
  const grants = new Set([unconnected])
  const subscriptions = new Set<(grant: SignInCredential) => void>()
  const ofAccounts = new WeakMap<Authorization, SignInCredential>()
  const rejected = new Set<string>()
  let held: Held = { version: undefined, connection: undefined, grant: unconnected }
  let challenge: Challenge | undefined
  let connecting: Promise<void> | undefined

  return accountOf(accountOption(settings.vendor, settings))

  function hold({ version, connection }: StoredConnection): void {
    if (version === held.version && connection !== undefined) return
    const grant = connection ? grantOf(settings, connection) : unconnected
    held = { version, connection, grant }
    if (grants.has(grant)) return
    grants.add(grant)
    for (const subscribe of subscriptions) subscribe(grant)
  }

  /** Another process may have registered, or registered again. @returns whether it has */
  async function look(): Promise<boolean> {
    const before = held.version
    hold(await readConnection(settings))
    return held.version !== before
  }

  /** Concurrent sign-ins share one request to the servers. */
  function connectOnce(): Promise<void> {
    connecting ??= connect(settings, challenge, rejected)
      .then(hold)
      .finally(() => {
        connecting = undefined
      })
    return connecting
  }

  function accountOf(account: string): McpCredential {
    let own: { readonly of: SignInCredential; readonly grant: SignInCredential } | undefined
    const grant = (): SignInCredential => {
      if (own?.of !== held.grant) own = { of: held.grant, grant: held.grant.for(account) }
      return own.grant
    }
    const handOut = (authorization: Authorization): Authorization => {
      ofAccounts.set(authorization, grant())
      return authorization
    }
    /** Runs work with the grant, and a second time if it fails because another process has replaced the registration. */
    const use = async <T>(work: (grant: SignInCredential) => T | Promise<T>): Promise<T> => {
      if (!held.connection) await look()
      const used = grant()
      try {
        return await work(used)
      } catch (error) {
        noteRejection(error)
        if (!mayBeReplaced(error) || !(await look().catch(() => false))) throw error
        return work(grant())
      }
    }
    const authorization = (options?: WaitOptions): Authorization | Promise<Authorization> => {
      const now = held.connection && grant().authorization(options)
      if (now !== undefined && !('then' in now)) return handOut(now)
      return untilAborted(use((grant) => now ?? grant.authorization(options)).then(handOut), options?.signal)
    }

    const { specVersion, vendor, carries, origins, covers, refuses } = unconnected
    const credential: McpCredential = {
      specVersion,
      vendor,
      account,
      carries,
      origins,
      covers,
      refuses,
      redirectUri: settings.redirectUri,
      authorization,
      async renew(refused, options) {
        const of = ofAccounts.get(refused) ?? grant()
        if (of !== grant()) return authorization(options)
        const renewed = await use((grant) =>
          grant === of ? grant.renew(refused, options) : grant.authorization(options),
        )
        return renewed && handOut(renewed)
      },
      untilKnown(refused, options) {
        return ofAccounts.get(refused)?.untilKnown?.(refused, options)?.then(handOut)
      },
      accepted: (accepted, response, sent) => ofAccounts.get(accepted)?.accepted?.(accepted, response, sent),
      observe(event, detail) {
        // A 401 names the server's metadata; the scopes of a 403 belong in `addScopes`.
        if (event === 'scope_required' && detail.status === 401 && detail.resourceMetadata !== undefined) {
          challenge = { resourceMetadata: detail.resourceMetadata, scopes: detail.scopes ?? [] }
        }
        grant().observe?.(event, detail)
      },
      getToken: (options) => use((grant) => grant.getToken(options)),
      claims: <T extends object>(options?: WaitOptions) => use((grant) => grant.claims<T>(options)),
      details: <T extends object>(options?: WaitOptions) => use((grant) => grant.details<T>(options)),
      status: () => use((grant) => grant.status()),
      signOut: () => use((grant) => grant.signOut()),
      async importTokens(tokens) {
        if (!held.connection) await connectOnce()
        return use((grant) => grant.importTokens(tokens))
      },
      async beginSignIn(given = {}) {
        const { scopes, addScopes, extra } = knownOptions(vendor, given, BEGIN_OPTIONS)
        await connectOnce()
        if (addScopes === undefined) return grant().beginSignIn({ scopes: asked(scopes ?? wanted()), extra })
        // They are added to the granted scopes and checked together.
        const isList: boolean = Array.isArray(addScopes)
        const base = isList ? ((await grant().status()).scopes ?? wanted()) : []
        const withGranted = isList ? asked([...base, ...addScopes]) : addScopes
        return grant().beginSignIn({ scopes, addScopes: withGranted, extra })
      },
      async completeSignIn(callbackUrl, signIn) {
        await use((grant) => grant.completeSignIn(withIssuer(callbackUrl), signIn))
      },
      for: (account) => accountOf(accountOption(vendor, { account })),
      on,
      close,
      [Symbol.asyncDispose]: () => close(),
    }
    return Object.freeze(credential)
  }

  function wanted(): readonly string[] {
    if (settings.scopes !== undefined) return settings.scopes
    if (challenge && challenge.scopes.length > 0) return challenge.scopes
    return held.connection?.scopes ?? []
  }

  /** Without `offline_access` many servers give no refresh token. */
  function asked(scopes: readonly string[]): readonly string[] {
    const isOffered = held.connection?.offersOfflineAccess && scopes.length > 0
    return [...new Set(isOffered ? [...scopes, 'offline_access'] : scopes)]
  }

  /** If the server promises its name in every callback, a callback without one gets an empty name, which is refused (RFC 9207 §2.4). */
  function withIssuer(callbackUrl: URL | string): URL | string {
    const [text = ''] = String(callbackUrl).split('#')
    const start = text.indexOf('?')
    const isPromised = held.connection?.promisesIssuer === true && start >= 0
    return !isPromised || new URLSearchParams(text.slice(start)).has('iss') ? callbackUrl : `${text}&iss=`
  }

  /** A registration that the server has forgotten is not used for the next sign-in. */
  function noteRejection(error: unknown): void {
    if (isForgottenClient(error) && held.connection) rejected.add(held.connection.client.id)
  }

  function on<E extends CredentialEventName | '*'>(event: E, listener: CredentialEventListener<E>): () => void {
    const ends = new Set<() => void>()
    const subscribe = (grant: SignInCredential) => void ends.add(grant.on(event, listener))
    for (const grant of grants) subscribe(grant)
    subscriptions.add(subscribe)
    return () => {
      subscriptions.delete(subscribe)
      for (const end of ends) end()
    }
  }

  async function close(options?: CloseOptions): Promise<void> {
    await Promise.all([...grants].map((grant) => grant.close(options)))
  }
}

/** Whether the authorization server no longer knows the client (RFC 6749 §5.2). */
export function isForgottenClient(error: unknown): boolean {
  if (!isCredentialError(error, 'client_rejected')) return false
  return error.oauthError === 'invalid_client' || error.oauthError === 'unauthorized_client'
}

/** What a grant rejects with if its registration was replaced. */
function mayBeReplaced(error: unknown): boolean {
  if (isCredentialError(error, 'sign_in_failed')) return error.reason === 'other_credential'
  return (
    isCredentialError(error, 'not_signed_in') ||
    isCredentialError(error, 'reauthorization_required') ||
    isCredentialError(error, 'client_rejected')
  )
}

/** An invalid server: its endpoints are never called, since no user has signed in there. */
const NOWHERE = { issuer: 'https://unconnected.invalid', id: 'unconnected' }

/** @throws CredentialError `invalid_option`, `insecure_url` */
function grantOf(settings: McpSettings, connection: Connection | undefined): SignInCredential {
  const { vendor, server, redirectUri, scopes, clientId, clientSecret, store, clock } = settings
  const client = connection?.client ?? { id: clientId ?? NOWHERE.id, secret: undefined, authentication: undefined }
  const secret = client.secret ?? (client.id === clientId ? clientSecret : undefined)
  const {
    issuer = NOWHERE.issuer,
    tokenUrl = `${issuer}/token`,
    authorizationUrl = `${issuer}/authorize`,
  } = ownMembers<Partial<Connection>>(connection ?? {})
  return authorizationCode({
    ...pickOptions(settings, SHARED),
    vendor,
    origins: [server.origin],
    issuer,
    tokenUrl,
    authorizationUrl,
    revocationUrl: connection?.revocationUrl,
    resource: connection?.resource ?? server.href,
    clientId: client.id,
    ...(secret !== undefined && { clientSecret: secret }),
    clientAuthentication: client.authentication,
    redirectUri,
    scopes,
    store,
    clock,
  })
}

const SHARED = {
  account: true,
  keyedBy: true,
  fetch: true,
  allowInsecureRequests: true,
  refreshAheadMs: true,
  expiryLeewayMs: true,
  maxWaitMs: true,
  waitUntil: true,
}

/** The work continues for other callers. */
function untilAborted<T>(work: Promise<T>, signal: WaitOptions['signal']): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const leave = onAbort(signal, () => {
      try {
        throwIfAborted(signal)
      } catch (reason) {
        reject(reason)
      }
    })
    work.then(resolve, reject).finally(leave)
  })
}
