import type { TokenCredential, TokenGrant, TokenSet } from '@valetkey/core'
import { GrantError } from '@valetkey/core'
import type { OptionNames, TargetCredential } from '@valetkey/core/kit'
import { forTarget, isGrantError, knownOptions, ownMembers, requireText, rotationOf } from '@valetkey/core/kit'
import type { TokenEndpoint } from './endpoint.ts'
import type { ClientlessOptions } from './options.ts'
import { resolveResources } from './options.ts'

/** A token credential for one API of a grant that another credential holds: it has no sign-in. */
export type ResourceCredential = TargetCredential

export interface ResourceOptions {
  /**
   * Where the access tokens of this API may be sent, as the option of that name. The URI of a resource is only a name: it permits
   * no origin. @default the origins of the credential
   * @example ['https://reports.example.com']
   */
  readonly origins?: readonly string[] | undefined
}

const RESOURCE_OPTIONS: OptionNames<ResourceOptions> = { origins: true }

/** One sign-in, several APIs. */
export interface Resources<Resource extends ResourceCredential = ResourceCredential> {
  /**
   * A credential whose access tokens are asked for with `resource=<uri>` (RFC 8707 §2.2), and with none of the option `resource`.
   * It needs no sign-in: the account, its one refresh token, its lease and its record in the store are those of this credential.
   * A refresh for one API leaves the access tokens of the others as they are. A grant that has ended has ended for all, and
   * `signOut()` of any signs out all; a new sign-in and `importTokens` drop the access tokens of all. Of up to 32 APIs access
   * tokens are kept. Grants that have no refresh token (client credentials, JWT bearer) give a separate credential, with its own record
   * and listeners.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   */
  resource(uri: string, options?: ResourceOptions): Resource
  /** The same with `audience=<name>`, for vendors that name APIs so. @throws CredentialError `invalid_option`, `insecure_url` */
  audience(name: string, options?: ResourceOptions): Resource
}

/** For a grant of which `for` gives the accounts. */
export interface AccountResourceCredential extends ResourceCredential {
  /** The same API for another account. */
  for(account: string): AccountResourceCredential
}

/** The API that an access token is for, by its parameter of the token request. */
export interface Target {
  readonly name: 'resource' | 'audience'
  readonly value: string
}

/** @throws CredentialError `invalid_option` */
function checkTarget(vendor: string, { name, value }: Target): void {
  requireText(vendor, { [name]: value }, [name])
  if (name === 'resource') resolveResources(vendor, value)
}

function endpointOf(endpoint: TokenEndpoint, { name, value }: Target): TokenEndpoint {
  if (name === 'resource') return { ...endpoint, resources: [value] }
  const { additions } = endpoint
  const tokenParameters = (grantType: string) => ({ ...additions.tokenParameters(grantType), audience: value })
  return { ...endpoint, additions: { ...additions, tokenParameters } }
}

/** A grant at an endpoint, whose token requests name the API where there is one. */
type GrantOf = (endpoint: TokenEndpoint, target?: Target) => TokenGrant

/**
 * The first tokens are asked for as without an API, then refreshed for it: what the grant is for must not depend on which API
 * comes first. Where that gives no refresh token, they are asked for with the API.
 */
function targetGrant(grant: TokenGrant, own: TokenGrant): TokenGrant {
  const { acquire, refresh } = own
  if (!acquire || !refresh || !grant.acquire) return own
  const acquireFirst = grant.acquire
  let mayRefresh = true
  return {
    ...own,
    async acquire(context) {
      if (!mayRefresh) return acquire(context)
      const { refreshToken, refreshExpiresIn, ...first } = await acquireFirst(context)
      mayRefresh = refreshToken !== undefined
      if (refreshToken === undefined) return acquire(context)
      const { proofKey = context.proofKey } = first
      const tokens = await refresh(refreshToken, { ...context, proofKey }).catch((error: unknown) => {
        throw withFirst(error, { refreshToken, refreshExpiresIn })
      })
      const kept = tokens.refreshToken === undefined ? { refreshToken, refreshExpiresIn } : undefined
      const extra = tokens.extra || first.extra ? { ...first.extra, ...tokens.extra } : undefined
      return { ...tokens, ...kept, scopes: tokens.scopes ?? first.scopes, extra }
    },
  }
}

/** What the vendor has just given is stored, and refreshed for the API later. */
function withFirst(error: unknown, first: Pick<TokenSet, 'refreshToken' | 'refreshExpiresIn'>): unknown {
  if (!isGrantError(error) || error.failure.kind !== 'token_unavailable') return error
  return new GrantError({ ...error.failure, ...(rotationOf(error) ?? first) })
}

/** The APIs of a grant that may have a refresh token. */
function resourcesOf(credential: TokenCredential, endpoint: TokenEndpoint, grantOf: GrantOf): Resources {
  const { vendor } = credential
  const connect = (target: Target, options: ResourceOptions = {}): ResourceCredential => {
    const { origins } = knownOptions(vendor, options, RESOURCE_OPTIONS)
    checkTarget(vendor, target)
    const grant = targetGrant(grantOf(endpoint), grantOf(endpointOf(endpoint, target), target))
    return forTarget(credential, { target: `${target.name}:${target.value}`, grant, origins })
  }
  return {
    resource: (value, options) => connect({ name: 'resource', value }, options),
    audience: (value, options) => connect({ name: 'audience', value }, options),
  }
}

/** `credential` with its APIs. */
export function withResources(
  credential: TokenCredential,
  endpoint: TokenEndpoint,
  grantOf: GrantOf,
): TokenCredential & Resources {
  return Object.freeze({ ...credential, ...resourcesOf(credential, endpoint, grantOf) })
}

/** The same of each account, called on its credential: an API holds on to it. */
export function resourcesOfAccounts(
  endpoint: TokenEndpoint,
  grantOf: GrantOf,
  accountOf: (account: string) => Resources<AccountResourceCredential>,
): Resources<AccountResourceCredential> {
  const extend = (
    held: TokenCredential,
    credential: ResourceCredential,
    other: AccountResourceCredential['for'],
  ): AccountResourceCredential => {
    const close: TokenCredential['close'] = (closing) => held.close(closing)
    return Object.freeze({ ...credential, close, [Symbol.asyncDispose]: () => close(), for: other })
  }
  return {
    resource(this: TokenCredential, uri, options) {
      const { resource } = resourcesOf(this, endpoint, grantOf)
      return extend(this, resource(uri, options), (account) => accountOf(account).resource(uri, options))
    },
    audience(this: TokenCredential, name, options) {
      const { audience } = resourcesOf(this, endpoint, grantOf)
      return extend(this, audience(name, options), (account) => accountOf(account).audience(name, options))
    },
  }
}

/** A program may ask for the same API with each request. */
const MAX_MADE = 32

/** The APIs of a grant without a refresh token: each token is acquired separately. */
export function withSeparateResources<Options extends ClientlessOptions>(
  credential: TokenCredential,
  own: Options,
  endpoint: TokenEndpoint,
  connect: (options: Options) => TokenCredential,
): TokenCredential & Resources {
  const { vendor } = own
  const made = new Map<string, ResourceCredential>()
  const separate = (target: Target, options: ResourceOptions = {}): ResourceCredential => {
    const { origins = own.origins } = knownOptions(vendor, options, RESOURCE_OPTIONS)
    checkTarget(vendor, target)
    const name = JSON.stringify([target.name, target.value, origins])
    const { resources: resource, additions } = endpointOf(endpoint, target)
    const { tokenParameters } = additions
    const found = made.get(name) ?? connect(ownMembers({ ...own, resource, tokenParameters, origins }))
    // Asked for last, it is the last that goes.
    made.delete(name)
    made.set(name, found)
    for (const oldest of made.keys()) if (made.size > MAX_MADE) made.delete(oldest)
    return found
  }
  return Object.freeze({
    ...credential,
    resource: (value: string, options?: ResourceOptions) => separate({ name: 'resource', value }, options),
    audience: (value: string, options?: ResourceOptions) => separate({ name: 'audience', value }, options),
  })
}
