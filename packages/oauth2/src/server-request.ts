import type { GrantContext } from '@valetkey/core'
import { asRecord } from './own-members.ts'
import type { FormPost } from './post-form.ts'
import { postForm } from './post-form.ts'
import { isSuccess, refusal } from './refusal.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

/**
 * One request to an endpoint beside the token endpoint; the vendor's dialect does not concern it.
 *
 * @returns the members of the answer, none when it is no JSON
 * @throws GrantError
 */
export async function requestServer(
  endpoint: TokenEndpoint,
  post: FormPost,
  context: GrantContext,
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await postForm(endpoint, post, context)
  const standard = { status: answer.status, body: asRecord(answer.body) }
  if (isSuccess(standard)) return standard.body
  throw refusal(answer, standard, endpoint.dialect, context.now())
}
