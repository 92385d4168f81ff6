import type { CredentialOptions, Secret, TokenCredentialDefinition } from '@valetkey/core'
import { invalidOption, requireText } from '@valetkey/core'
import type { ClientAuthentication } from './client-authentication.ts'
import { resolveClientAuthentication } from './client-authentication.ts'
import type { ClientKeyOption } from './client-key.ts'
import type { ResolvedDialect, TokenEndpointDialect } from './dialect.ts'
import { resolveDialect } from './dialect.ts'
import type { EndpointOptions, Endpoints } from './endpoints.ts'
import { resolveEndpoints } from './endpoints.ts'
import { PACKAGE_NAME } from './package-name.ts'
import { resolveResources, resourceParameters } from './resource.ts'

/** How the vendor's API takes a token, and how it says that it refuses one. */
export type ApiDialect = Pick<TokenCredentialDefinition, 'place' | 'carries' | 'refuses'>

/** What every grant takes: the vendor's data, its dialects, and the options of every credential. */
export interface OAuthOptions extends CredentialOptions, EndpointOptions, TokenEndpointDialect, ApiDialect {
  /** Name of the vendor; part of the store key and of every error. */
  readonly vendor: string
  /** The origins (`https://api.example.com`) that the credential may be sent to. */
  readonly origins: readonly string[]
  readonly clientId: string
  readonly clientSecret?: Secret | undefined
  /** For `private_key_jwt`. A function is asked anew for each request. */
  readonly clientKey?: ClientKeyOption | undefined
  readonly scopes?: readonly string[] | undefined
  /** The API, or APIs, that the token is for (RFC 8707), by the URIs that the vendor names; part of the store key. */
  readonly resource?: string | readonly string[] | undefined
  /** Whose data at a vendor that gives each customer a host of its own; part of the store key, so that no other's token is used. */
  readonly tenant?: string | undefined
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
}

/** @throws CredentialError `invalid_option`, `insecure_url` */
export function resolveTokenEndpoint(options: Omit<OAuthOptions, 'origins'>): TokenEndpoint {
  requireText(PACKAGE_NAME, options, ['vendor', 'clientId'])
  if (options.tenant !== undefined) requireText(PACKAGE_NAME, options, ['tenant'])
  const endpoints = resolveEndpoints(options)
  const { clientId, scopes = [], tenant } = options
  requireScopes(scopes)
  const resources = resolveResources(options.resource)
  const clientAuthentication = resolveClientAuthentication(options)
  return { endpoints, clientId, clientAuthentication, scopes, resources, tenant, dialect: resolveDialect(options) }
}

/** @throws CredentialError `invalid_option` */
export function requireScopes(scopes: unknown): void {
  if (Array.isArray(scopes) && scopes.every((scope) => typeof scope === 'string' && /^\S+$/.test(scope))) return
  throw invalidOption(PACKAGE_NAME, 'scopes', 'must be an array of texts without spaces')
}

/** `scope` as oauth4webapi wants it; the dialect may still write it otherwise. */
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
