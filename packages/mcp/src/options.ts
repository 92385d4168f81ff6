import type { Clock, CredentialOptions, TokenStore } from '@valetkey/core'
import { memoryStore } from '@valetkey/core'
import type { OptionNames, Secret } from '@valetkey/core/kit'
import {
  CREDENTIAL_OPTIONS,
  invalidOption,
  knownOptions,
  ownMembers,
  requireSecret,
  requireText,
  systemClock,
} from '@valetkey/core/kit'
import { requireUrlOption } from '@valetkey/oauth2'

export interface McpCredentialOptions extends CredentialOptions {
  /** The MCP server, as the transport gets it: an https URL. http for the hosts that `allowInsecureRequests` permits. */
  readonly serverUrl: string
  /**
   * Where the authorization server sends the user back to. Each redirect URI has its own registration.
   * @example 'http://127.0.0.1:8976/callback'
   */
  readonly redirectUri: string
  /**
   * Where this program publishes its client metadata document, an https URL with a path. It is the client id at authorization
   * servers that take such documents; others get a registration.
   * @example 'https://app.example.com/oauth/client.json'
   */
  readonly clientMetadataUrl?: string | undefined
  /** The program's name on the consent page, sent with a registration. @default none @example 'Boats' */
  readonly clientName?: string | undefined
  /** A client that you registered. valetkey then registers none, and `clientMetadataUrl` must not be set. */
  readonly clientId?: string | undefined
  /** Of `clientId`. */
  readonly clientSecret?: Secret | undefined
  /** What a sign-in asks for. @default what the server's 401 names, else what its metadata lists, else nothing @example ['tools:read'] */
  readonly scopes?: readonly string[] | undefined
}

export const MCP_OPTIONS: OptionNames<McpCredentialOptions> = {
  ...CREDENTIAL_OPTIONS,
  serverUrl: true,
  redirectUri: true,
  clientMetadataUrl: true,
  clientName: true,
  clientId: true,
  clientSecret: true,
  scopes: true,
}

const OWNER = '@valetkey/mcp'

/** The options, checked as far as the grant does not check them. */
export interface McpSettings extends McpCredentialOptions {
  /** In errors, events and store keys, e.g. `mcp:mcp.example.com`. */
  readonly vendor: string
  readonly server: URL
  readonly store: TokenStore
  readonly clock: Clock
}

/** @throws CredentialError `invalid_option`, `insecure_url` */
export function resolveOptions(options: McpCredentialOptions): McpSettings {
  const own = knownOptions(OWNER, options, MCP_OPTIONS)
  const server = requireUrlOption(OWNER, own, 'serverUrl')
  server.hash = ''
  requireText(OWNER, own, ['redirectUri'])
  if (!URL.canParse(own.redirectUri)) throw invalidOption(OWNER, 'redirectUri', 'must be an absolute URL')
  if (own.clientName !== undefined) requireText(OWNER, own, ['clientName'])
  if (own.clientId !== undefined) requireText(OWNER, own, ['clientId'])
  if (own.clientSecret !== undefined) {
    requireSecret(OWNER, own, ['clientSecret'])
    if (own.clientId === undefined) throw invalidOption(OWNER, 'clientSecret', 'needs "clientId"')
  }
  requireMetadataUrl(own)
  const clock = own.clock ?? systemClock
  const store = own.store ?? memoryStore({ clock })
  return ownMembers({ ...own, vendor: `mcp:${server.host}`, server, store, clock })
}

/** It is a client id, so it is compared exactly. */
function requireMetadataUrl({ clientMetadataUrl, clientId }: McpCredentialOptions): void {
  if (clientMetadataUrl === undefined) return
  if (clientId !== undefined)
    throw invalidOption(OWNER, 'clientMetadataUrl', 'must not be given together with "clientId"')
  const url: unknown = clientMetadataUrl
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  const isPlain = parsed?.protocol === 'https:' && parsed.pathname !== '/' && !parsed.username && !parsed.password
  if (!isPlain || parsed.hash !== '')
    throw invalidOption(OWNER, 'clientMetadataUrl', 'must be an https URL with a path')
}
