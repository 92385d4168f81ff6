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

/** What the transports of `@modelcontextprotocol/client` 2 take as `authProvider`. */
export interface McpAuthProvider {
  /**
   * The token now valid, before each request. `undefined` where nobody has signed in yet: the request goes out without a token,
   * and the server's 401 says where it describes itself. @throws CredentialError
   */
  token(): Promise<string | undefined>
  /**
   * After a 401: resolves when the request may be sent once more. @throws CredentialError; `not_signed_in` and
   * `reauthorization_required` where a person must sign in
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
 * Any credential that places a bearer token, for the transports of the MCP SDK: one refresh for any number of concurrent requests,
 * and a 401 that renews the token once.
 *
 * The SDK does not say which request a 401 belongs to. Where the token in hand is less than three seconds old, a late 401 of the
 * token before it, a server that does not know the new one yet and a real refusal look the same: the provider then sends the
 * server one `ping` with the token in hand. It is not told where a token goes either: give it only to transports of the server
 * that the credential is for. `fetch: withCredential(fetch, credential)` in its place knows both.
 *
 * @throws CredentialError `invalid_option` for a credential that places more than the header `authorization`
 */
export function mcpAuth(credential: Credential): McpAuthProvider {
  if (!hasMethods(credential, ['authorization', 'renew', 'covers', 'refuses']))
    throw invalidOption(OWNER, 'credential', 'must be a credential')
  const { headers, query } = credential.carries
  if (headers.length !== 1 || headers[0] !== 'authorization' || query.length > 0) throw notBearer()
  /** The newest that was handed out. */
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
      // Another may have signed in meanwhile; else this says what a person has to do.
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

  /** However many ask at a time, the server is asked once. */
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

/** Whether the server takes a token: the request changes nothing, whatever else it answers. */
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
  return within(systemClock(), PING_LIMIT_MS, asking(), () => {
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
