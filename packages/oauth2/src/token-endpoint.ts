import type { CredentialOptions, GrantContext, Secret, TokenCredentialDefinition, TokenSet } from '@valetkey/core'
import { invalidOption, requireText } from '@valetkey/core'
import type { ClientAuthentication } from './client-authentication.ts'
import { resolveSecretAuthentication } from './client-authentication.ts'
import type { ClientKeyOption } from './client-key.ts'
import type { ResolvedDialect, TokenEndpointDialect } from './dialect.ts'
import { resolveDialect } from './dialect.ts'
import type { EndpointOptions, Endpoints } from './endpoints.ts'
import { fixedEndpoints } from './endpoints.ts'
import { PACKAGE_NAME } from './package-name.ts'
import type { FormParameters } from './post-form.ts'
import { resourceParameters } from './resource.ts'

/** How the vendor's API takes a token, and how it says that it refuses one. */
export type ApiDialect = Pick<TokenCredentialDefinition, 'place' | 'carries' | 'refuses'>

/** What every grant takes: the vendor's data, its dialects, and the options of every credential. */
export interface GrantOptions extends CredentialOptions, TokenEndpointDialect, ApiDialect {
  /** Name of the vendor; part of the store key and of every error. */
  readonly vendor: string
  /** The origins (`https://api.example.com`) that the credential may be sent to. */
  readonly origins: readonly string[]
  readonly clientId: string
  readonly clientSecret?: Secret | undefined
  readonly scopes?: readonly string[] | undefined
  /** Whose data at a vendor that gives each customer a host of its own; part of the store key, so that no other's token is used. */
  readonly tenant?: string | undefined
}

/** What every grant takes for any vendor. */
export interface OAuthOptions extends GrantOptions, EndpointOptions {
  /** For `private_key_jwt`. A function is asked anew for each request. */
  readonly clientKey?: ClientKeyOption | undefined
  /** The API, or APIs, that the token is for (RFC 8707), by the URIs that the vendor names; part of the store key. */
  readonly resource?: string | readonly string[] | undefined
}

/** What a vendor package gives: its endpoints are known, and its clients have a secret, or nothing to prove themselves with. */
export interface VendorOptions extends GrantOptions {
  /** https; http on a loopback host with `allowInsecureRequests`. */
  readonly tokenUrl: string
}

/** A token endpoint and how to talk to it, checked. */
export interface TokenEndpoint {
  readonly endpoints: Endpoints
  readonly clientId: string
  readonly clientAuthentication: ClientAuthentication
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  readonly tenant: string | undefined
  readonly dialect: ResolvedDialect
  /** Ends tokens at the vendor, where it may have an endpoint for that. @throws GrantError */
  readonly revoke?: (tokens: TokenSet, context: GrantContext) => Promise<void>
  /** What of an authorization request goes into the user's URL; all of it when absent. @throws GrantError */
  readonly push?: (parameters: FormParameters, context: GrantContext) => Promise<FormParameters>
}

/** @throws CredentialError `invalid_option`, `insecure_url` */
export function resolveVendorEndpoint(options: VendorOptions): TokenEndpoint {
  return {
    ...resolveSettings(options),
    endpoints: fixedEndpoints(options),
    clientAuthentication: resolveSecretAuthentication(options),
    resources: [],
  }
}

/** What does not depend on where the endpoints are, and how the client proves who it is. @throws CredentialError `invalid_option` */
export function resolveSettings(
  options: Omit<GrantOptions, 'origins'>,
): Pick<TokenEndpoint, 'clientId' | 'scopes' | 'tenant' | 'dialect'> {
  requireText(PACKAGE_NAME, options, ['vendor', 'clientId'])
  if (options.tenant !== undefined) requireText(PACKAGE_NAME, options, ['tenant'])
  const { clientId, scopes = [], tenant } = options
  requireScopes(scopes)
  return { clientId, scopes, tenant, dialect: resolveDialect(options) }
}

/** @throws CredentialError `invalid_option` */
export function requireScopes(scopes: unknown): void {
  if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string' && /^\S+$/.test(scope))) return
  throw invalidOption(PACKAGE_NAME, 'scopes', 'must be an array of texts without spaces')
}

/** `scope` as the standard has it; the dialect may still write it otherwise. */
export function scopeParameter({ scopes, dialect }: Pick<TokenEndpoint, 'scopes' | 'dialect'>): {
  readonly scope?: string
} {
  return scopes.length === 0 || dialect.scopeFormat === 'omit' ? {} : { scope: scopes.join(' ') }
}

/**
 * Everything that changes the token and is no secret. The grant's name tells how many members it has before the scopes; no
 * grant is called `tenant` or `resource`.
 */
export function identityOf(
  endpoint: TokenEndpoint,
  grantType: string,
  ...subject: readonly string[]
): readonly string[] {
  return [...identityOfSignIn(endpoint, grantType), ...subject, ...new Set([...endpoint.scopes].sort())]
}

/** The same where a person signs in: other scopes are another consent of the same person, not another token. */
export function identityOfSignIn(
  { endpoints, clientId, tenant, resources }: TokenEndpoint,
  grantType: string,
): readonly string[] {
  const customer = tenant === undefined ? [] : ['tenant', tenant]
  return [endpoints.id, clientId, ...customer, ...resourceParameters({ resources }).flat(), grantType]
}
