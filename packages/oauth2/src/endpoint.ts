import type { CredentialOptions, GrantContext, TokenCredential, TokenGrant, TokenSet } from '@valetkey/core'
import { createTokenCredential } from '@valetkey/core'
import { CREDENTIAL_OPTIONS, invalidOption, ownMembers, pickOptions, requireText } from '@valetkey/core/kit'
import { boundDialect, type Dpop, resolveDpop } from './dpop.ts'
import type {
  ApiDialect,
  ClientlessOptions,
  EndpointName,
  EndpointOptions,
  Lifetimes,
  OAuthOptions,
  ResolvedDialect,
} from './options.ts'
import {
  parseUrlOption,
  requireScopes,
  requireUrlOption,
  resolveDialect,
  resolveResources,
  resourceParameters,
} from './options.ts'
import type { ClientAuthentication } from './wire/client-auth.ts'
import { resolveClientAuthentication } from './wire/client-auth.ts'
import type { Discovery } from './wire/discovery.ts'
import type { Additions } from './wire/parameters.ts'
import { identityOfAuthorization, identityOfTokens, resolveAdditions } from './wire/parameters.ts'
import type { FormParameters, RequestContext } from './wire/request.ts'
import { load, refreshTokens } from './wire/request.ts'

/** A token endpoint and how to talk to it, checked. */
export interface TokenEndpoint {
  readonly vendor: string
  readonly endpoints: Endpoints
  /** Empty: the grant has no client. */
  readonly clientId: string
  readonly clientAuthentication: ClientAuthentication
  readonly scopes: readonly string[]
  readonly resources: readonly string[]
  readonly tenant: string | undefined
  readonly dialect: ResolvedDialect
  readonly lifetimes: Lifetimes | undefined
  readonly additions: Additions
  /** Tokens are bound to a key. */
  readonly dpop: Dpop | undefined
  /** Ends tokens at the vendor, where it may have an endpoint for that. @throws GrantError */
  readonly revoke: ((tokens: TokenSet, context: GrantContext) => Promise<void>) | undefined
  /** What of an authorization request goes into the user's URL. @throws GrantError */
  push(parameters: FormParameters, context: GrantContext): Promise<FormParameters>
}

/** An authorization server's endpoints. */
export interface Endpoints {
  /** Tells this server from others in a store key. */
  readonly id: string
  /** Undefined: the server has no such endpoint. @throws GrantError */
  find(name: EndpointName, context: RequestContext): Promise<URL | undefined>
  /** Undefined if the issuer is not known. @throws GrantError */
  issuer(context: RequestContext): Promise<Issuer | undefined>
  /** Whom a client assertion addresses: the issuer, or the token endpoint if the issuer is not known. @throws GrantError */
  audience(context: RequestContext): Promise<string>
  /** Whether authorization requests are pushed (RFC 9126): the endpoint is given, or the issuer requires it. @throws GrantError */
  wantsPush(context: RequestContext): Promise<boolean>
}

export interface Issuer {
  /** As the server itself writes it. */
  readonly identifier: string
  /** Whether its authorization responses always name it (RFC 9207 §3). */
  readonly isPromised: boolean
}

/**
 * What only some programs configure (discovery, client keys, pushed requests, revocation) is imported when it is first needed.
 *
 * @param mayLackClient whether the grant can do without a client
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function resolveTokenEndpoint(
  options: Omit<ClientlessOptions, 'origins'>,
  mayLackClient = false,
): TokenEndpoint {
  requireText('@valetkey/oauth2', options, ['vendor'])
  const { vendor, clientId = '', scopes = [], tenant, issuer, revocationUrl } = options
  if (!mayLackClient || namesClient(options)) requireText(vendor, options, ['clientId'])
  if (tenant !== undefined) requireText(vendor, options, ['tenant'])
  requireScopes(vendor, scopes)
  const additions = resolveAdditions(vendor, options)
  const endpoints = resolveEndpoints(vendor, options, additions)
  const endpoint: TokenEndpoint = {
    vendor,
    clientId,
    scopes,
    tenant,
    dialect: resolveDialect(vendor, options),
    lifetimes: options.lifetimes,
    additions,
    dpop: resolveDpop(vendor, options.dpop),
    endpoints,
    clientAuthentication: resolveClientAuthentication(options, endpoints.audience),
    resources: resolveResources(vendor, options.resource),
    revoke: (revocationUrl ?? issuer) === undefined ? undefined : revoke,
    async push(parameters, context) {
      if (!(await endpoints.wantsPush(context))) return parameters
      const { pushAuthorizationRequest } = await load(() => import('./wire/push.ts'))
      return pushAuthorizationRequest(endpoint, parameters, context)
    },
  }
  return endpoint

  async function revoke(tokens: TokenSet, context: GrantContext): Promise<void> {
    const { revokeTokens } = await load(() => import('./wire/revoke.ts'))
    await revokeTokens(endpoint, tokens, context)
  }
}

/** Whether anything in the options is of a client. */
function namesClient(options: Omit<ClientlessOptions, 'origins'>): boolean {
  const { clientId, clientSecret, clientKey, clientAuthentication = 'none' } = options
  const hasNone = clientId === undefined && clientSecret === undefined && clientKey === undefined
  return !hasNone || clientAuthentication !== 'none'
}

/** @throws CredentialError `invalid_option`, `insecure_url` */
function resolveEndpoints(
  vendor: string,
  options: Omit<ClientlessOptions, 'origins'>,
  { tokenHeaders }: Additions,
): Endpoints {
  const { issuer } = options
  const issuerUrl = parseUrlOption(vendor, options, 'issuer')
  if (!issuerUrl && !options.tokenUrl)
    throw invalidOption(vendor, 'tokenUrl', 'is required, or "issuer", whose discovery document names it')
  const given = givenUrls(vendor, options)
  const own = given.tokenUrl ?? issuerUrl ?? requireUrlOption(vendor, options, 'tokenUrl')
  const hasBoth = given.tokenUrl !== undefined && given.authorizationUrl !== undefined
  let discovery: Discovery | undefined
  const discover = async (): Promise<Discovery | undefined> => {
    if (!issuerUrl) return undefined
    const { createDiscovery } = await load(() => import('./wire/discovery.ts'))
    discovery ??= createDiscovery(issuerUrl, options, tokenHeaders)
    return discovery
  }
  const metadata = async (context: RequestContext) => (await discover())?.metadata(context)

  return {
    id: own.href,
    async find(name, context) {
      return given[name] ?? (await discover())?.find(name, context)
    },
    async issuer(context) {
      if (issuer === undefined) return undefined
      if (hasBoth) return { identifier: issuer, isPromised: false }
      const document = await metadata(context)
      const isPromised = document?.authorization_response_iss_parameter_supported === true
      return { identifier: document?.issuer ?? issuer, isPromised }
    },
    async audience(context) {
      if (given.tokenUrl) return issuer ?? given.tokenUrl.href
      return (await metadata(context))?.issuer ?? own.href
    },
    async wantsPush(context) {
      if (given.pushedAuthorizationRequestUrl) return true
      return !hasBoth && (await metadata(context))?.require_pushed_authorization_requests === true
    },
  }
}

function givenUrls(vendor: string, options: EndpointOptions): { readonly [name in EndpointName]: URL | undefined } {
  const url = (name: EndpointName) => parseUrlOption(vendor, options, name)
  return {
    tokenUrl: url('tokenUrl'),
    authorizationUrl: url('authorizationUrl'),
    revocationUrl: url('revocationUrl'),
    deviceAuthorizationUrl: url('deviceAuthorizationUrl'),
    introspectionUrl: url('introspectionUrl'),
    pushedAuthorizationRequestUrl: url('pushedAuthorizationRequestUrl'),
  }
}

/** `scope` as the standard has it; the dialect may still write it otherwise. */
export function scopeParameter({ scopes, dialect }: Pick<TokenEndpoint, 'scopes' | 'dialect'>): {
  readonly scope?: string
} {
  return scopes.length === 0 || dialect.scopeFormat === 'omit' ? {} : { scope: scopes.join(dialect.scopeSeparator) }
}

/** A grant's name in the store key, where it is not its `grant_type`. */
export interface GrantName {
  readonly name: string
  readonly grantType: string
}

/**
 * Everything that changes the token, except secrets. The grant's name determines how many members come before the scopes; no
 * grant is called `dpop`, `tenant`, `resource`, `token_parameters` or `authorization_parameters`.
 */
export function identityOf(
  endpoint: TokenEndpoint,
  grant: string | GrantName,
  ...subject: readonly string[]
): readonly string[] {
  return [...identityOfRequests(endpoint, grant), ...subject, ...new Set([...endpoint.scopes].sort())]
}

/** The same where a person signs in: other scopes are another consent of the same person, not another token. */
export function identityOfSignIn(endpoint: TokenEndpoint, grant: string | GrantName): readonly string[] {
  return identityOfRequests(endpoint, grant, identityOfAuthorization(endpoint.additions))
}

function identityOfRequests(
  { endpoints, clientId, tenant, resources, additions, dpop }: TokenEndpoint,
  grant: string | GrantName,
  authorization: readonly string[] = [],
): readonly string[] {
  const customer = tenant === undefined ? [] : ['tenant', tenant]
  const { name, grantType } = typeof grant === 'string' ? { name: grant, grantType: grant } : grant
  const grantTypes = [grantType, 'refresh_token']
  const added = [...identityOfTokens(additions, grantTypes), ...authorization]
  const bound = dpop?.identity ?? []
  return [endpoints.id, clientId, ...bound, ...customer, ...resourceParameters({ resources }).flat(), ...added, name]
}

/** RFC 8628 §3.4. */
export const DEVICE_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'

/** What all grants have in common. */
export function baseGrant({ clientAuthentication, lifetimes, revoke }: TokenEndpoint): TokenGrant {
  const secrets = async () => JSON.stringify([await clientAuthentication.readSecret()])
  return {
    lifetimes,
    ...(revoke && { revoke }),
    // A key has no text to compare.
    ...(clientAuthentication.method !== 'private_key_jwt' && { secrets }),
  }
}

/** Issues no tokens: an account without a sign-in is `not_signed_in`. */
export function refreshingGrant(endpoint: TokenEndpoint): TokenGrant {
  return {
    ...baseGrant(endpoint),
    refresh: (refreshToken, context) => refreshTokens(endpoint, refreshToken, context),
  }
}

/** A credential of this grant, placed and refused as the vendor's API does it. @throws CredentialError `invalid_option` */
export function createGrantCredential(
  options: Pick<OAuthOptions, 'vendor' | 'origins'> & ApiDialect & CredentialOptions,
  { dpop }: TokenEndpoint,
  identity: readonly string[],
  grant: TokenGrant,
): TokenCredential {
  const { vendor, origins, place, carries, refuses } = ownMembers(options)
  for (const [name, value] of Object.entries({ place, refuses })) {
    if (value !== undefined && typeof value !== 'function')
      throw invalidOption(vendor, name, 'must be a function', value)
  }
  const dialect = { place, carries, refuses }
  const spoken = dpop ? boundDialect(vendor, dpop, dialect, options.clock) : dialect
  const definition = { vendor, origins, ...spoken, identity, grant }
  return createTokenCredential(definition, pickOptions(options, CREDENTIAL_OPTIONS))
}
