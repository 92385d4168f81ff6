import type { ResponseView } from '@valetkey/core'
import { refusesByDefault } from '@valetkey/core/kit'
import { asRecord, type StandardAnswer, type TokenEndpointAnswer } from '@valetkey/oauth2'

/** `error_code` of https://www.flowlu.com/api/ */
const AUTHORIZATION_FAILED = 11
const ACCESS_DENIED = 22
/** With "invalid request" and "validation error": the request is wrong, not the server. */
const SIGN_IN_REFUSED: ReadonlySet<number> = new Set([AUTHORIZATION_FAILED, 12, 21, ACCESS_DENIED])

/** Error 11 is documented with status 200 and occurs with 401. Error 22 is permission, which a new token would not change. */
export function refuses(response: ResponseView): boolean | Promise<boolean> {
  if (response.status === 200) return response.json().then((body) => errorCodeOf(body) === AUTHORIZATION_FAILED)
  return refusesByDefault(response) && response.json().then((body) => errorCodeOf(body) !== ACCESS_DENIED)
}

/**
 * The token endpoint's errors are `{ error, error_descrption }`, so spelt, the API's `{ error: { error_code, error_msg } }`. No
 * refresh is documented, so a refresh token would be useless.
 */
export function normalize({ status, body }: TokenEndpointAnswer): StandardAnswer {
  const answer = asRecord(body)
  const code = errorCodeOf(body)
  const error = code === undefined ? answer.error : SIGN_IN_REFUSED.has(code) ? String(code) : undefined
  const { error_description = answer.error_descrption ?? asRecord(answer.error).error_msg } = answer
  return { status, body: { ...answer, error, error_description, refresh_token: undefined } }
}

function errorCodeOf(body: unknown): number | undefined {
  const { error_code: code } = asRecord(asRecord(body).error)
  return code === undefined ? undefined : Number(code)
}
