import type { Registrar } from './discovery.ts'
import type { McpSettings } from './options.ts'
import type { Wire } from './wire.ts'

/** How valetkey is known at an authorization server. */
export interface Client {
  readonly id: string
  /** Of a registration; the secret of `clientId` stays in the options. */
  readonly secret?: string | undefined
  readonly authentication: ClientAuthentication
  readonly kind: 'configured' | 'metadata_document' | 'registered'
  /** When the secret of a registration ends, Unix ms. */
  readonly expiresAt?: number | undefined
}

export const AUTHENTICATIONS = ['none', 'client_secret_basic', 'client_secret_post'] as const

export type ClientAuthentication = (typeof AUTHENTICATIONS)[number]

/** Whether a client that is stored is the one that these options, and this server, would give. */
export function isUsable(
  client: Client,
  settings: McpSettings,
  registrar: Registrar,
  rejected: ReadonlySet<string>,
): boolean {
  if (client.kind === 'registered') {
    const isOver = client.expiresAt !== undefined && client.expiresAt <= settings.clock.now()
    return kindOf(settings, registrar) === 'registered' && !isOver && !rejected.has(client.id)
  }
  return client.kind === kindOf(settings, registrar) && client.id === (settings.clientId ?? settings.clientMetadataUrl)
}

function kindOf({ clientId, clientMetadataUrl }: McpSettings, { takesMetadataDocuments }: Registrar): Client['kind'] {
  if (clientId !== undefined) return 'configured'
  return clientMetadataUrl !== undefined && takesMetadataDocuments ? 'metadata_document' : 'registered'
}

/**
 * The client of the options: one that was registered by hand, the metadata document, or a new registration (RFC 7591).
 *
 * @param scopes what the client may ask for at some time
 * @throws CredentialError `token_unavailable`, `client_rejected`
 */
export async function obtainClient(
  settings: McpSettings,
  registrar: Registrar,
  scopes: readonly string[],
  wire: Wire,
): Promise<Client> {
  const kind = kindOf(settings, registrar)
  const { clientId = '', clientSecret, clientMetadataUrl = '' } = settings
  if (kind === 'metadata_document') return { id: clientMetadataUrl, authentication: 'none', kind }
  const methods = registrar.authenticationMethods
  if (kind === 'registered') return register(settings, registrar, scopes, wire)
  return { id: clientId, authentication: clientSecret === undefined ? 'none' : secretMethod(methods), kind }
}

/** RFC 8414 §2: `client_secret_basic` where the server does not say. */
function secretMethod(methods: readonly string[] = ['client_secret_basic']): ClientAuthentication {
  return methods.includes('client_secret_basic') || !methods.includes('client_secret_post')
    ? 'client_secret_basic'
    : 'client_secret_post'
}

async function register(
  { redirectUri, clientName }: McpSettings,
  { registrationUrl, authenticationMethods }: Registrar,
  scopes: readonly string[],
  wire: Wire,
): Promise<Client> {
  if (!registrationUrl) {
    throw wire.rejected('the authorization server registers no clients and takes no metadata document: give "clientId"')
  }
  const isPublic = authenticationMethods?.includes('none') ?? true
  const metadata = {
    ...(clientName !== undefined && { client_name: clientName }),
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: isPublic ? 'none' : secretMethod(authenticationMethods),
    application_type: applicationType(redirectUri),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  }
  const { status, body } = await wire.request(registrationUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(metadata),
  })
  if (status >= 500 || status === 429) throw wire.unavailable(`the registration has status ${status}`)
  const { client_id: id, client_secret: secret, client_secret_expires_at: expiresAt } = body
  if (status >= 300) {
    const error = typeof body.error === 'string' ? /^[a-z0-9_]{1,64}$/i.exec(body.error)?.[0] : undefined
    throw wire.rejected(
      `the authorization server refuses to register a client (${error ?? `status ${status}`})`,
      status,
    )
  }
  if (typeof id !== 'string' || id === '')
    throw wire.rejected('the authorization server has registered a client, and gave no id of it', status)
  if (typeof secret !== 'string' || secret === '') return { id, authentication: 'none', kind: 'registered' }
  const granted = AUTHENTICATIONS.find((method) => method === body.token_endpoint_auth_method)
  return {
    id,
    authentication: granted ?? secretMethod(authenticationMethods),
    kind: 'registered',
    ...(granted !== 'none' && { secret }),
    ...(typeof expiresAt === 'number' && expiresAt > 0 && { expiresAt: expiresAt * 1000 }),
  }
}

/** OpenID Connect Registration §2: servers refuse loopback redirect URIs of web applications. */
function applicationType(redirectUri: string): 'native' | 'web' {
  const { protocol, hostname } = new URL(redirectUri)
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
  return /^https?:$/.test(protocol) && !isLoopback ? 'web' : 'native'
}
