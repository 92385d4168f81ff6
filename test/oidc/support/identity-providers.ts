import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What each provider of docs/identity-providers.md asks of a token request, and an API that checks `aud`. */
export interface IdentityProviders {
  /** Takes requests for the hosts of the page to this server. */
  readonly fetch: typeof fetch
  /** A person who agrees at the page of `url`. @returns the callback */
  agree(url: string | URL): Promise<string>
  close(): PromiseLike<void>
}

const API = 'https://api.boats.example.com'

/** What was asked for, of the first request of a sign-in too. */
interface Asked {
  readonly grantType: string
  readonly scopes: readonly string[]
  readonly audience: string | undefined
}

type Judged =
  | { readonly aud: string }
  | { readonly status: number; readonly error: string; readonly description: string }

/** By the path of the token endpoint. */
const PROVIDERS: Readonly<Record<string, (asked: Asked) => Judged>> = {
  // https://auth0.com/docs/api/authentication/client-credential-flow/get-token
  '/boats.eu.auth0.com/oauth/token': ({ grantType, audience }) => {
    if (audience !== undefined) return { aud: audience }
    if (grantType === 'authorization_code') return { aud: 'https://boats.eu.auth0.com/userinfo' }
    return {
      status: 403,
      error: 'access_denied',
      description: 'No audience parameter was provided, and no default audience has been configured',
    }
  },
  // https://www.keycloak.org/docs/latest/server_admin/#_audience
  '/login.boats.example.com/realms/boats/protocol/openid-connect/token': ({ scopes }) => ({
    aud: scopes.includes('boats-api') ? API : 'account',
  }),
  // https://developer.okta.com/docs/guides/implement-grant-type/clientcreds/main/
  '/boats.okta.com/oauth2/default/v1/token': ({ scopes }) =>
    scopes.length > 0 ? { aud: API } : { status: 400, error: 'invalid_scope', description: "'scope' must be provided" },
  // https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
  '/login.microsoftonline.com/boats.example.com/oauth2/v2.0/token': ({ grantType, scopes }) => {
    const ofApis = scopes.filter((scope) => scope.includes('://'))
    const apis = new Set(ofApis.map((scope) => scope.slice(0, scope.lastIndexOf('/'))))
    const isDefault = ofApis.every((scope) => scope.endsWith('/.default'))
    if (apis.size !== 1 || (grantType === 'client_credentials' && !isDefault))
      return { status: 400, error: 'invalid_scope', description: 'The provided value for scope is not valid' }
    return { aud: apis.has('api://boats') ? API : 'https://graph.microsoft.com' }
  },
}

export async function identityProviders(): Promise<IdentityProviders> {
  const granted = new Map<string, Asked>()
  const server = createServer((request, response) => void serve(request, response))
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const answer = (status: number, json: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
    if (url.pathname === '/api.boats.example.com/boats') {
      const [, claims = ''] = request.headers.authorization?.split('.') ?? []
      const isForApi = claims !== '' && [API, `${API}/`].includes(JSON.parse(atob(claims)).aud)
      return answer(isForApi ? 200 : 401, {})
    }
    const judge = PROVIDERS[url.pathname]
    if (judge === undefined) return answer(404, { url: request.url })
    const body = new URLSearchParams(await text(request))
    const ticket = body.get('code') ?? body.get('refresh_token')
    const asked = ticket === null ? asking(body, body.get('grant_type') ?? '') : granted.get(ticket)
    if (asked === undefined) return answer(400, { error: 'invalid_grant' })
    const judged = judge(asked)
    if ('error' in judged) return answer(judged.status, { error: judged.error, error_description: judged.description })
    const refreshToken = asked.scopes.includes('offline_access') ? remember(asked) : undefined
    const accessToken = ['{"alg":"none"}', JSON.stringify({ aud: judged.aud, n: granted.size }), 's']
      .map(btoa)
      .join('.')
    return answer(200, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: refreshToken,
    })
  }
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const network = globalThis.fetch
  return {
    fetch: async (input, init) => {
      const { host, pathname, search } = new URL(input instanceof Request ? input.url : input)
      return network(`http://127.0.0.1:${port}/${host}${pathname}${search}`, init)
    },
    agree: async (page) => {
      const { searchParams } = new URL(page)
      const code = remember(asking(searchParams, 'authorization_code'))
      return `${searchParams.get('redirect_uri')}?${new URLSearchParams({ code, state: searchParams.get('state') ?? '' })}`
    },
    close: () => server[Symbol.asyncDispose](),
  }

  function remember(asked: Asked): string {
    const ticket = `ticket-${granted.size}`
    granted.set(ticket, asked)
    return ticket
  }
}

function asking(parameters: URLSearchParams, grantType: string): Asked {
  const scopes = parameters.get('scope')?.split(' ') ?? []
  return { grantType, scopes, audience: parameters.get('audience') ?? undefined }
}
