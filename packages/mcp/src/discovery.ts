import type { Answer, Wire } from './wire.ts'

/** The parameters of the MCP server's 401 (RFC 9728 §5.1, RFC 6750 §3). */
export interface Challenge {
  readonly resourceMetadata?: string | undefined
  readonly scopes: readonly string[]
}

/** An MCP server's authorization server, as both describe themselves. */
export interface AuthorizationServer {
  /** As the server itself writes it. */
  readonly issuer: string
  /** What tokens are asked for (RFC 8707). */
  readonly resource: string
  readonly tokenUrl: string
  readonly authorizationUrl: string
  readonly revocationUrl?: string | undefined
  /** Whether its authorization responses always name it (RFC 9207 §3). */
  readonly promisesIssuer: boolean
  /** The scopes that the MCP server lists; empty if none. */
  readonly scopes: readonly string[]
  /** Whether it gives refresh tokens for the scope `offline_access`. */
  readonly offersOfflineAccess: boolean
}

/** Metadata that only the registration of a client needs. */
export interface Registrar {
  readonly registrationUrl: URL | undefined
  /** Whether the URL of a client metadata document is a client id. */
  readonly takesMetadataDocuments: boolean
  /** Names of RFC 7591 §2; undefined: it does not say. */
  readonly authenticationMethods: readonly string[] | undefined
}

/**
 * Asks an MCP server for its authorization server, and that one for its endpoints: RFC 9728, then RFC 8414 and OpenID Connect
 * Discovery. A server without RFC 9728 metadata is its own authorization server, as the MCP specification of 2025-03-26 had it.
 *
 * @param known the issuer of the registration that there is; it stays where the server names several
 * @throws CredentialError `token_unavailable`; `client_rejected`: the metadata belongs to another server, or cannot be used
 */
export async function discover(
  server: URL,
  challenge: Challenge,
  known: string | undefined,
  wire: Wire,
): Promise<AuthorizationServer & { readonly registrar: Registrar }> {
  const found = await findResource(server, challenge.resourceMetadata, wire)
  const issuers = found ? issuersOf(found, wire) : []
  const url = issuers.find((issuer) => known !== undefined && isSameIssuer(issuer.href, known)) ?? issuers[0]
  const metadata = await findMetadata(url ?? new URL(server.origin), wire)
  if (!metadata && url) throw wire.rejected(`the authorization server ${url.origin} publishes no metadata`)
  const { body, issuer } = metadata ?? { body: legacyMetadata(server), issuer: server.origin }
  requirePkce(body, wire)
  const endpoint = (name: string): URL | undefined => {
    if (body[name] === undefined || body[name] === null) return undefined
    const parsed = wire.parseUrl(body[name])
    if (parsed) return parsed
    throw wire.rejected(`"${name}" of the authorization server's metadata is not an https URL`)
  }
  const required = (name: string): string => {
    const parsed = endpoint(name)
    if (parsed) return parsed.href
    throw wire.rejected(`the authorization server's metadata name no "${name}"`)
  }
  return {
    issuer,
    resource: found?.resource ?? server.href,
    tokenUrl: required('token_endpoint'),
    authorizationUrl: required('authorization_endpoint'),
    revocationUrl: endpoint('revocation_endpoint')?.href,
    promisesIssuer: body.authorization_response_iss_parameter_supported === true,
    scopes: textsOf(found?.body.scopes_supported) ?? [],
    offersOfflineAccess: textsOf(body.scopes_supported)?.includes('offline_access') === true,
    registrar: {
      registrationUrl: endpoint('registration_endpoint'),
      takesMetadataDocuments: body.client_id_metadata_document_supported === true,
      authenticationMethods: textsOf(body.token_endpoint_auth_methods_supported),
    },
  }
}

type Document = Answer['body']

/** Strings of an array; undefined if it is not one. */
export function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string' && /^\S+$/.test(text)) : undefined
}

/** The metadata URL that the server names, else the well-known ones (RFC 9728 §3.1). */
async function findResource(
  server: URL,
  named: string | undefined,
  wire: Wire,
): Promise<{ readonly resource: string; readonly body: Document } | undefined> {
  const path = server.pathname === '/' ? '' : server.pathname
  const places = [path, ''].map((end) => new URL(`/.well-known/oauth-protected-resource${end}`, server))
  const first = wire.parseUrl(named)
  const body = await firstDocument(first ? [first, ...places] : places, wire)
  if (!body) return undefined
  const { resource } = body
  if (typeof resource === 'string' && isResourceOf(resource, server)) return { resource, body }
  // Otherwise valetkey would request a token for another server and send it to this one (RFC 9728 §3.3).
  throw wire.rejected('the metadata of the MCP server are those of another resource')
}

/** The server's own URL, or a path above it. */
function isResourceOf(resource: string, server: URL): boolean {
  const url = URL.canParse(resource) ? new URL(resource) : undefined
  const folder = (path: string) => (path.endsWith('/') ? path : `${path}/`)
  return url?.origin === server.origin && folder(server.pathname).startsWith(folder(url.pathname))
}

/** @throws CredentialError `client_rejected` if the document names only authorization servers that may not be used */
function issuersOf({ body }: { readonly body: Document }, wire: Wire): readonly URL[] {
  const named = textsOf(body.authorization_servers) ?? []
  const usable = named.flatMap((text) => wire.parseUrl(text) ?? [])
  if (named.length === 0 || usable.length > 0) return usable
  throw wire.rejected('the MCP server names no authorization server with an https URL')
}

/** The first of the places that has a document. @throws CredentialError `token_unavailable` */
async function firstDocument(places: readonly URL[], wire: Wire): Promise<Document | undefined> {
  const tried = new Set<string>()
  for (const place of places) {
    if (tried.has(place.href)) continue
    tried.add(place.href)
    const { status, body } = await wire.request(place, { headers: { accept: 'application/json' } })
    if (status >= 500 || status === 429) throw wire.unavailable(`${place.origin} answers with status ${status}`)
    if (status === 200 && Object.keys(body).length > 0) return body
  }
  return undefined
}

/** @throws CredentialError `client_rejected` if the document belongs to another issuer (RFC 8414 §3.3) */
async function findMetadata(
  url: URL,
  wire: Wire,
): Promise<{ readonly issuer: string; readonly body: Document } | undefined> {
  const path = url.pathname.replace(/\/$/, '')
  const places = [
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
    `${path}/.well-known/openid-configuration`,
  ]
  const body = await firstDocument(
    places.map((place) => new URL(url.origin + place)),
    wire,
  )
  if (!body) return undefined
  const { issuer } = body
  if (typeof issuer === 'string' && isSameIssuer(issuer, url.href)) return { issuer, body }
  throw wire.rejected('the metadata of the authorization server are those of another issuer')
}

/** Only URL parsers add a slash at the end. */
export function isSameIssuer(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '')
}

/** MCP 2025-03-26, "Fallbacks for Servers without Metadata Discovery". */
function legacyMetadata({ origin }: URL): Document {
  return {
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
  }
}

/** A server that lists methods without S256 would ignore the challenge: a code that leaks could be spent by others. */
function requirePkce(body: Document, wire: Wire): void {
  const methods = textsOf(body.code_challenge_methods_supported)
  if (methods && !methods.includes('S256')) throw wire.rejected('the authorization server has no PKCE with S256')
}
