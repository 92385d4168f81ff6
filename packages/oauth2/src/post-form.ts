import type { GrantContext } from '@valetkey/core'
import type { ResolvedDialect } from './dialect.ts'
import { encodeRequest } from './encode-request.ts'
import type { EndpointName } from './endpoints.ts'
import { requireEndpoint } from './endpoints.ts'
import { readAnswer } from './read-answer.ts'
import { send } from './send.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/** FormParameters of a request, by their names on the wire; a name may occur twice. */
export type FormParameters = readonly (readonly [name: string, value: string])[]

export interface FormPost {
  readonly to: EndpointName
  readonly parameters: FormParameters
  /** The secrets among them. */
  readonly secrets: readonly string[]
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
 * One request of this client to an endpoint of the authorization server, never repeated here.
 *
 * @param dialect how it is written; a form in the body when absent
 * @throws GrantError `unavailable`; `client_rejected` without such an endpoint
 */
export async function postForm(
  { endpoints, clientAuthentication }: TokenEndpoint,
  { to, parameters, secrets }: FormPost,
  context: GrantContext,
  dialect?: ResolvedDialect,
): Promise<FormAnswer> {
  const url = await requireEndpoint(endpoints, to, context)
  const client = await clientAuthentication.authenticate(context)
  const form = new URLSearchParams()
  for (const [name, value] of parameters) form.append(name, value)
  for (const [name, value] of Object.entries(client.parameters)) form.set(name, value)
  const request = encodeRequest(url, form, dialect)
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', ...client.headers, ...request.headers }
  const init = { method: 'POST', redirect: 'manual', headers, body: request.body ?? null } as const
  const response = await send(request.url, init, context)
  const body = await readAnswer(response, context.signal)
  return { status: response.status, headers: response.headers, body, secrets: [...client.secrets, ...secrets] }
}
