import type { GrantContext } from '@valetkey/core'
import type { AuthorizationServer, Client, ClientAuth, HttpRequestOptions } from 'oauth4webapi'
import { allowInsecureRequests, customFetch } from 'oauth4webapi'
import type { AuthenticatedClient } from './client-authentication.ts'
import { authenticateClient } from './client-authentication.ts'
import type { EncodedRequest, FormRequest } from './encode-request.ts'
import type { EndpointName } from './endpoints.ts'
import { METADATA_NAMES } from './endpoints.ts'
import { readAnswer } from './read-answer.ts'
import { send } from './send.ts'

export interface FormPost {
  readonly to: EndpointName
  /** The secrets among its parameters. */
  readonly secrets: readonly string[]
  /** Has oauth4webapi make the request. */
  readonly make: (
    server: AuthorizationServer,
    client: Client,
    authenticate: ClientAuth,
    options: HttpRequestOptions<'POST', URLSearchParams>,
  ) => Promise<Response>
  /** Rewrites it on its way out. @default a form in the body */
  readonly encode?: (url: string, form: FormRequest) => EncodedRequest
}

/** What an endpoint of the authorization server answered: anything but a redirect. */
export interface FormAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed JSON, or the text itself. */
  readonly body: unknown
  /** Every secret text in the request. */
  readonly secrets: readonly string[]
}

/**
 * One request to an endpoint of the authorization server, never repeated here.
 *
 * @throws GrantError `unavailable`; `client_rejected` without such an endpoint
 */
export async function postForm(
  client: AuthenticatedClient,
  { to, secrets, make, encode = asForm }: FormPost,
  context: GrantContext,
): Promise<FormAnswer> {
  const url = await client.endpoints.require(to, context)
  const authentication = await authenticateClient(client, context)
  const server = { issuer: url.origin, [METADATA_NAMES[to]]: url.href }
  const response = await make(server, { client_id: client.clientId }, authentication.authenticate, {
    headers: { 'accept-encoding': 'identity' },
    // oxlint-disable-next-line typescript/no-deprecated -- marked so "to stand out"; the URL was checked before
    [allowInsecureRequests]: url.protocol === 'http:',
    [customFetch]: (href, form) => {
      const encoded = encode(href, form)
      return send(encoded.url, encoded.init, context)
    },
  })
  const { status, headers } = response
  const body = await readAnswer(response, context.signal)
  return { status, headers, body, secrets: [...authentication.secrets, ...secrets] }
}

function asForm(url: string, { method, headers, redirect, body }: FormRequest): EncodedRequest {
  return { url, init: { method, headers, redirect, body: body.toString() } }
}
