import type { GrantContext } from '@valetkey/core'
import { GrantError } from '@valetkey/core'
import { allowInsecureRequests, customFetch, genericTokenEndpointRequest } from 'oauth4webapi'
import type { RequestAuthentication } from './client-authentication.ts'
import type { FormRequest } from './encode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { networkFailure } from './network-failure.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/**
 * oauth4webapi makes the request; the dialect rewrites it on its way out. The answer is anything but a redirect.
 *
 * @throws GrantError `unavailable`
 */
export function postTokenRequest(
  { url, clientId, dialect }: TokenEndpoint,
  { authenticate }: RequestAuthentication,
  grantType: string,
  parameters: Readonly<Record<string, string>>,
  context: GrantContext,
): Promise<Response> {
  const server = { issuer: url.origin, token_endpoint: url.href }
  const client = { client_id: clientId }
  const options = {
    headers: { 'accept-encoding': 'identity' },
    // oxlint-disable-next-line typescript/no-deprecated -- marked so "to stand out"; the URL was checked at construction
    [allowInsecureRequests]: url.protocol === 'http:',
    [customFetch]: (href: string, form: FormRequest) => {
      const encoded = encodeRequest(href, form, dialect)
      return send(encoded.url, encoded.init, context)
    },
  }
  return genericTokenEndpointRequest(server, client, authenticate, grantType, { ...parameters }, options)
}

async function send(url: string, init: RequestInit, { fetch, signal }: GrantContext): Promise<Response> {
  if (signal.aborted) {
    throw new GrantError({ kind: 'unavailable', sent: false, description: 'given up before the request' })
  }
  const response = await attempt(() => fetch(url, { ...init, signal }))
  if (!isRedirect(response)) return response
  void response.body?.cancel().catch(() => undefined)
  throw new GrantError({ kind: 'unavailable', sent: true, status: response.status, description: 'redirect refused' })
}

async function attempt(request: () => Promise<Response>): Promise<Response> {
  try {
    return await request()
  } catch (error) {
    throw new GrantError(networkFailure(error))
  }
}

/** A fetch that follows redirects by itself has sent the secrets on: what it brings back is not the vendor's answer. */
function isRedirect({ redirected, type, status }: Response): boolean {
  return redirected || type === 'opaqueredirect' || (status >= 300 && status < 400)
}
