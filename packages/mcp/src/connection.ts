import type { TokenStore } from '@valetkey/core'
import { isCredentialError } from '@valetkey/core'
import { CredentialError, createAuthorization, requiredScopes, within } from '@valetkey/core/kit'
import { asRecord } from '@valetkey/oauth2'
import type { AuthorizationServer, Challenge } from './discovery.ts'
import { discover, isSameIssuer, textsOf } from './discovery.ts'
import type { McpSettings } from './options.ts'
import type { Client } from './registration.ts'
import { AUTHENTICATIONS, isUsable, obtainClient } from './registration.ts'
import { withWire } from './wire.ts'

/** An authorization server, and this program's client there: one record in the store for all processes and accounts. */
export interface Connection extends AuthorizationServer {
  readonly client: Client
}

/** A connection as it was read or written. */
export interface StoredConnection {
  /** Undefined: nothing is stored. */
  readonly version: string | undefined
  readonly connection: Connection | undefined
}

/** As long as core waits for a store. */
const STORE_LIMIT_MS = 4_000

/** Each lost write means that another process has written for the same server, so the next read ends the loop. */
const MAX_WRITES = 8

/** Sends nothing. @throws CredentialError `store_unavailable`, `record_unreadable` */
export async function readConnection(settings: McpSettings): Promise<StoredConnection> {
  const { version, value } = await storing(settings, (store) => store.get(keyOf(settings)))
  if (value === undefined) return { version, connection: undefined }
  const connection = parseConnection(value)
  if (connection) return { version, connection }
  const problem = `${settings.vendor}: the stored registration is of another version, or damaged`
  throw new CredentialError('record_unreadable', problem, { vendor: settings.vendor })
}

/**
 * Reads the servers' metadata, registers a client if no stored one fits, and stores both by compare-and-set: processes that
 * register at the same time all use the client of the one that wrote first.
 *
 * @param rejected registered clients that the authorization server no longer knows
 * @throws CredentialError `token_unavailable`, `client_rejected`, `store_unavailable`, `record_unreadable`, `timeout`
 */
export function connect(
  settings: McpSettings,
  challenge: Challenge | undefined,
  rejected: ReadonlySet<string>,
): Promise<Required<StoredConnection> & { readonly connection: Connection }> {
  return withWire(settings, async (wire) => {
    let stored = await readConnection(settings)
    const asked = challenge ?? (await probe())
    const known = stored.connection?.issuer
    const { registrar, ...server } = await discover(settings.server, asked, known, wire)
    const scopes = registrationScopes(settings, server, asked)
    let own: Client | undefined
    const ownClient = async () => {
      own ??= await obtainClient(settings, registrar, scopes, wire)
      return own
    }
    for (let writes = 0; writes < MAX_WRITES; writes += 1) {
      const { connection } = stored
      const isSame = connection !== undefined && isSameIssuer(connection.issuer, server.issuer)
      const kept = isSame && isUsable(connection.client, settings, registrar, rejected) ? connection.client : undefined
      const next = { ...server, client: kept ?? (await ownClient()) }
      const text = JSON.stringify({ v: 1, ...next })
      if (connection && text === JSON.stringify({ v: 1, ...connection })) return { version: stored.version, connection }
      const written = await write(settings, stored.version, text)
      if (written !== undefined) return { version: written, connection: next }
      stored = await readConnection(settings)
    }
    const { vendor } = settings
    throw new CredentialError('store_unavailable', `${vendor}: every write of the registration was lost`, { vendor })

    /** The first request of a client that has no token yet, whose 401 names the metadata. Opens no session. */
    async function probe(): Promise<Challenge> {
      const { status, headers } = await wire.request(settings.server, { headers: { accept: 'text/event-stream' } })
      const view = {
        status,
        url: settings.server.href,
        header: (name: string) => headers.get(name),
        json: async () => ({}),
      }
      return requiredScopes(view, createAuthorization({}, 0)) ?? { scopes: [] }
    }
  })
}

/** A server may hold a client to the scopes that it registered; a later step-up must not fail at that. */
function registrationScopes(
  { scopes }: McpSettings,
  server: AuthorizationServer,
  challenge: Challenge,
): readonly string[] {
  const wanted = [...(scopes ?? []), ...challenge.scopes, ...server.scopes]
  return [...new Set([...wanted, ...(wanted.length > 0 && server.offersOfflineAccess ? ['offline_access'] : [])])]
}

/** Everything that changes the registration. It holds no secret. */
function keyOf({ vendor, server, redirectUri, clientId, clientMetadataUrl, clientName }: McpSettings): string {
  return JSON.stringify([
    'vk1-mcp',
    vendor,
    server.href,
    redirectUri,
    clientId ?? clientMetadataUrl ?? '',
    clientName ?? '',
  ])
}

/** @returns the version; undefined where another was first */
async function write(settings: McpSettings, expected: string | undefined, text: string): Promise<string | undefined> {
  const key = keyOf(settings)
  try {
    const written = await storing(settings, (store) => store.compareAndSet(key, expected, text))
    return written.ok ? written.version : undefined
  } catch (error) {
    // It is unknown whether the write was applied.
    const { value, version } = await storing(settings, (store) => store.get(key))
    if (value === text) return version
    throw error
  }
}

/** The store's message is not passed on. */
async function storing<T>({ store, clock, vendor }: McpSettings, work: (store: TokenStore) => Promise<T>): Promise<T> {
  const failed = () => new CredentialError('store_unavailable', `${vendor}: the token store cannot be used`, { vendor })
  try {
    return await within(clock, STORE_LIMIT_MS, work(store), () => {
      throw failed()
    })
  } catch (error) {
    throw isCredentialError(error, 'record_unreadable') ? error : failed()
  }
}

function parseConnection(text: string): Connection | undefined {
  const record = asRecord(parseJson(text))
  const { v, issuer, resource, tokenUrl, authorizationUrl, revocationUrl, promisesIssuer, offersOfflineAccess } = record
  const client = parseClient(asRecord(record.client))
  const scopes = textsOf(record.scopes)
  if (v !== 1 || !client || !scopes) return undefined
  if (!isText(issuer) || !isText(resource) || !isText(tokenUrl) || !isText(authorizationUrl)) return undefined
  return {
    issuer,
    resource,
    tokenUrl,
    authorizationUrl,
    revocationUrl: isText(revocationUrl) ? revocationUrl : undefined,
    promisesIssuer: promisesIssuer === true,
    scopes,
    offersOfflineAccess: offersOfflineAccess === true,
    client,
  }
}

function parseClient({
  id,
  secret,
  authentication,
  kind,
  expiresAt,
}: Readonly<Record<string, unknown>>): Client | undefined {
  const method = AUTHENTICATIONS.find((each) => each === authentication)
  const known = (['configured', 'metadata_document', 'registered'] as const).find((each) => each === kind)
  if (!isText(id) || !method || !known) return undefined
  return {
    id,
    authentication: method,
    kind: known,
    ...(isText(secret) && { secret }),
    ...(typeof expiresAt === 'number' && { expiresAt }),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
