import type { GrantContext, TokenSet } from '@valetkey/core'
import { GrantError } from '@valetkey/core'
import { classify, oauthErrorCode } from './classify.ts'
import { authenticateClient } from './client-authentication.ts'
import { describe } from './describe.ts'
import type { StandardAnswer, TokenEndpointAnswer } from './dialect.ts'
import { asRecord } from './own-members.ts'
import { postTokenRequest } from './post-token-request.ts'
import { readAnswer } from './read-answer.ts'
import { readTokenSet } from './read-token-set.ts'
import { resourceParameters } from './resource.ts'
import { readRetryAfter } from './retry-after.ts'
import type { TokenEndpoint } from './token-endpoint.ts'

export interface TokenRequest {
  readonly grantType: string
  /** Further parameters by their names on the wire. */
  readonly parameters: Readonly<Record<string, string>>
  /** The secrets among them. */
  readonly secrets: readonly string[]
}

/** One request to the token endpoint, never repeated here. @throws GrantError and nothing else that the vendor can cause */
export async function requestTokens(
  endpoint: TokenEndpoint,
  request: TokenRequest,
  context: GrantContext,
): Promise<TokenSet> {
  const authentication = await authenticateClient(endpoint, context)
  const { grantType } = request
  const parameters = [...Object.entries(request.parameters), ...resourceParameters(endpoint)]
  const response = await postTokenRequest(endpoint, authentication, grantType, parameters, context)
  const secrets = [...authentication.secrets, ...request.secrets]
  const { status, headers } = response
  const answer = { grantType, status, headers, body: await readAnswer(response, context.signal) }
  const standard = standardize(endpoint, answer)
  const succeeded = standard.status >= 200 && standard.status < 300 && oauthErrorCode(standard.body.error) === undefined
  if (succeeded) return readTokenSet(standard.body, secrets)
  throw refusal(endpoint, answer, standard, secrets, context.now())
}

function standardize({ dialect }: TokenEndpoint, answer: TokenEndpointAnswer): StandardAnswer {
  try {
    const { status, body } = dialect.normalize(answer)
    return { status, body: asRecord(body) }
  } catch {
    const description = 'the dialect failed on this answer'
    throw new GrantError({ kind: 'unavailable', sent: true, status: answer.status, description })
  }
}

function refusal(
  { dialect }: TokenEndpoint,
  answer: TokenEndpointAnswer,
  standard: StandardAnswer,
  secrets: readonly string[],
  now: number,
): GrantError {
  const { access_token, refresh_token, id_token, error, error_description } = standard.body
  const tokens = [access_token, refresh_token, id_token].filter((token) => typeof token === 'string')
  const known = [...secrets, ...tokens]
  const code = oauthErrorCode(error)
  const kind = classify(answer.grantType, standard.status, code)
  // A window that ends later says nothing about a 503: vendors send these headers with every answer.
  const headerNames = ['retry-after', ...(standard.status === 429 ? dialect.retryAfterHeaders : [])]
  return new GrantError({
    kind,
    sent: true,
    status: answer.status,
    oauthError: describe(code, known),
    description: describe(error_description, known),
    retryAfterMs: kind === 'unavailable' ? readRetryAfter(answer.headers, headerNames, now) : undefined,
  })
}
