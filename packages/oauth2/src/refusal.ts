import { GrantError } from '@valetkey/core'
import { classify, isStandardCode, oauthErrorCode } from './classify.ts'
import { describe } from './describe.ts'
import type { ResolvedDialect, StandardAnswer } from './dialect.ts'
import type { FormAnswer } from './post-form.ts'
import { readRetryAfter } from './retry-after.ts'

export function isSuccess({ status, body }: StandardAnswer): boolean {
  return status >= 200 && status < 300 && oauthErrorCode(body.error) === undefined
}

/**
 * What an answer means that is no success.
 *
 * @param grantType of the token request; none at other endpoints
 */
export function refusal(
  answer: FormAnswer,
  standard: StandardAnswer,
  { retryAfterHeaders }: ResolvedDialect,
  now: number,
  grantType = '',
): GrantError {
  const { access_token, refresh_token, id_token, error, error_description } = standard.body
  const tokens = [access_token, refresh_token, id_token].filter((token) => typeof token === 'string')
  const known = [...answer.secrets, ...tokens]
  const code = oauthErrorCode(error)
  const kind = classify(grantType, standard.status, code)
  // A window that ends later says nothing about a 503: vendors send these headers with every answer.
  const headerNames = ['retry-after', ...(standard.status === 429 ? retryAfterHeaders : [])]
  return new GrantError({
    kind,
    sent: true,
    status: answer.status,
    oauthError: isStandardCode(code) ? code : describe(code, known),
    description: describe(error_description, known),
    retryAfterMs: kind === 'unavailable' ? readRetryAfter(answer.headers, headerNames, now) : undefined,
  })
}
