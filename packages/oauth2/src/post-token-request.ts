import type { GrantContext } from '@valetkey/core'
import { allowInsecureRequests, customFetch, genericTokenEndpointRequest } from 'oauth4webapi'
import type { RequestAuthentication } from './client-authentication.ts'
import type { FormRequest } from './encode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { send } from './send.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/**
 * oauth4webapi makes the request; the dialect rewrites it on its way out. The answer is anything but a redirect.
 *
 * @throws GrantError `unavailable`; `client_rejected` without a token endpoint
 */
export async function postTokenRequest(
  { endpoints, clientId, dialect }: TokenEndpoint,
  { authenticate }: RequestAuthentication,
  grantType: string,
  parameters: readonly [name: string, value: string][],
  context: GrantContext,
): Promise<Response> {
  const url = await endpoints.require('tokenUrl', context)
  const server = { issuer: url.origin, token_endpoint: url.href }
  const client = { client_id: clientId }
  const options = {
    headers: { 'accept-encoding': 'identity' },
    // oxlint-disable-next-line typescript/no-deprecated -- marked so "to stand out"; the URL was checked before
    [allowInsecureRequests]: url.protocol === 'http:',
    [customFetch]: (href: string, form: FormRequest) => {
      const encoded = encodeRequest(href, form, dialect)
      return send(encoded.url, encoded.init, context)
    },
  }
  return genericTokenEndpointRequest(server, client, authenticate, grantType, [...parameters], options)
}
