import type { Authorization, Credential } from '@valetkey/core'
import { isCredentialError } from '@valetkey/core'
import {
  CredentialError,
  createAuthorization,
  hasMethods,
  invalidOption,
  isJsonAnswer,
  originOf,
  parseJsonStream,
  requiredScopes,
  systemClock,
  within,
} from '@valetkey/core/kit'

/** The `authProvider` of the transports of `@modelcontextprotocol/client` 2. */
export interface McpAuthProvider {
  /**
   * The valid token, before each request. `undefined` if no user has signed in: the request is sent without a token, and the
   * server's 401 names its metadata. @throws CredentialError
   */
  token(): Promise<string | undefined>
  /**
   * After a 401: resolves when the request may be replayed. @throws CredentialError; `not_signed_in` and
   * `reauthorization_required` if a user must sign in
   */
  onUnauthorized(context: McpUnauthorized): Promise<void>
}

/** The part of the SDK's `UnauthorizedContext` that is used. */
export interface McpUnauthorized {
  readonly response: Response
  readonly serverUrl: URL
  /** The transport's own. @default globalThis.fetch */
  readonly fetchFn?: ((url: string | URL, init?: RequestInit) => Promise<Response>) | undefined
}

const OWNER = '@valetkey/mcp'

/**
 * An auth provider for the transports of the MCP SDK, from any credential that sends a bearer token. Any number of concurrent
 * requests share one refresh, also after a 401.
 *
 * The SDK does not say which request a 401 belongs to. While the current token is less than three seconds old, a late 401 for the
 * previous token, a server that does not accept the new one yet and a real refusal look the same: the provider then sends the
 * server one `ping` with the current token. The SDK does not say where a token is sent either: use the provider only for
 * transports of the server that the credential is for. `fetch: withCredential(fetch, credential)` instead knows both.
 *
 * @throws CredentialError `invalid_option` for a credential that sets more than the header `authorization`
 */
export function mcpAuth(credential: Credential): McpAuthProvider {
  if (!hasMethods(credential, ['authorization', 'renew', 'covers', 'refuses']))
    throw invalidOption(OWNER, 'credential', 'must be a credential')
  const { headers, query } = credential.carries
  if (headers.length !== 1 || headers[0] !== 'authorization' || query.length > 0) throw notBearer()
  /** The newest that was returned. */
  let last: Authorization | undefined
  const pings = new WeakMap<Authorization, Promise<boolean>>()

  return {
    async token() {
      try {
        const authorization = await credential.authorization()
        const token = bearerOf(authorization)
        last = authorization
        return token
      } catch (error) {
        if (!isCredentialError(error, 'not_signed_in')) throw error
        last = undefined
        return undefined
      }
    },
    async onUnauthorized(context) {
      const { response, serverUrl } = context
      const { origin } = serverUrl
      if (!credential.covers(origin)) {
        const { vendor, account } = credential
        const problem = `${vendor}: the credential is not for ${origin}, where the transport sends it`
        throw new CredentialError('uncovered_origin', problem, { vendor, account, origin })
      }
      const refused = last
      const header = (name: string) => response.headers.get(name)
      const view = { status: response.status, url: response.url, header, json: () => readJson(response, header) }
      if (originOf(response.url || origin) === origin) tellScopes(view, refused)
      // Another process may have signed in meanwhile; otherwise this error says what the user has to do.
      if (!refused) return void (await credential.authorization())
      if (!(await credential.refuses(view))) return
      const known = credential.untilKnown?.(refused)
      if (known) {
        if (await isAccepted(refused, context)) return
        await known
        if (await isAccepted(refused, context)) return
      }
      await credential.renew(refused, { sent: { url: serverUrl.href, method: 'POST' } })
    },
  }

  /** Concurrent calls share one request to the server. */
  function isAccepted(authorization: Authorization, context: McpUnauthorized): Promise<boolean> {
    const known = pings.get(authorization)
    const asking = known ?? ping(authorization, context).finally(() => pings.delete(authorization))
    pings.set(authorization, asking)
    return asking
  }

  function tellScopes(view: Parameters<typeof requiredScopes>[0], refused: Authorization | undefined): void {
    const authorization = refused ?? createAuthorization({}, 0)
    const required = requiredScopes(view, authorization)
    const { generation } = authorization
    if (required) credential.observe?.('scope_required', { generation, status: view.status, ...required })
  }
}

/** A server that takes longer to refuse a request will not have the token looked at. */
const PING_LIMIT_MS = 10_000

const PING = JSON.stringify({ jsonrpc: '2.0', id: 'valetkey', method: 'ping' })

/** Whether the server accepts a token. The request changes nothing at the server. */
async function ping({ headers }: Authorization, { serverUrl, fetchFn }: McpUnauthorized): Promise<boolean> {
  const limit = new AbortController()
  const types = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const init: RequestInit = { method: 'POST', body: PING, redirect: 'manual', signal: limit.signal }
  const send = fetchFn ?? ((url, given) => globalThis.fetch(url, given))
  const asking = async (): Promise<boolean> => {
    const response = await send(serverUrl, { ...init, headers: { ...types, ...headers } })
    response.body?.cancel().catch(() => undefined)
    return response.status !== 401
  }
  return within(systemClock, PING_LIMIT_MS, asking(), () => {
    limit.abort()
    return false
  }).catch(() => false)
}

/** The transport reads the answer itself. */
async function readJson(response: Response, header: (name: string) => string | null): Promise<unknown> {
  if (!isJsonAnswer(header) || response.bodyUsed || response.body === null) return undefined
  const copy = response.clone().body
  return copy === null ? undefined : parseJsonStream(copy)
}

/** @throws CredentialError `invalid_option` */
function bearerOf({ headers }: Authorization): string {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (token === undefined) throw notBearer()
  return token
}

function notBearer(): CredentialError<'invalid_option'> {
  const problem =
    'must place a bearer token and nothing else; give the transport "fetch: withCredential(fetch, credential)"'
  return invalidOption(OWNER, 'credential', problem)
}
