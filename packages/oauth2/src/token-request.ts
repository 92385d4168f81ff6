import type { GrantContext, TokenSet } from '@valetkey/core'
import { GrantError } from '@valetkey/core'
import type { StandardAnswer, TokenEndpointAnswer } from './dialect.ts'
import { asRecord } from './own-members.ts'
import { postForm } from './post-form.ts'
import { readTokenSet } from './read-token-set.ts'
import { isSuccess, refusal } from './refusal.ts'
import { resourceParameters } from './resource.ts'
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
  { grantType, parameters, secrets }: TokenRequest,
  context: GrantContext,
): Promise<TokenSet> {
  const { dialect } = endpoint
  const all = [...Object.entries(parameters), ...resourceParameters(endpoint), ['grant_type', grantType]] as const
  const answer = await postForm(endpoint, { to: 'tokenUrl', parameters: all, secrets }, context, dialect)
  const standard = standardize(endpoint, { grantType, ...answer })
  if (isSuccess(standard)) return readTokenSet(standard.body, answer.secrets)
  throw refusal(answer, standard, dialect, context.now(), grantType)
}

/** New tokens for a refresh token (RFC 6749 §6). @throws GrantError */
export function refreshTokens(endpoint: TokenEndpoint, refreshToken: string, context: GrantContext): Promise<TokenSet> {
  const request = { parameters: { refresh_token: refreshToken }, secrets: [refreshToken] }
  return requestTokens(endpoint, { grantType: 'refresh_token', ...request }, context)
}

function standardize({ dialect }: TokenEndpoint, answer: TokenEndpointAnswer): StandardAnswer {
  const { grantType, status, headers, body } = answer
  try {
    const standard = dialect.normalize({ grantType, status, headers, body })
    return { status: standard.status, body: asRecord(standard.body) }
  } catch {
    const description = 'the dialect failed on this answer'
    throw new GrantError({ kind: 'unavailable', sent: true, status, description })
  }
}
