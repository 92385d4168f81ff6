import { asRecord, type StandardAnswer, type TokenEndpointAnswer } from '@valetkey/oauth2'

const BAD_CLIENT: ReadonlySet<unknown> = new Set(['invalid_client', 'unauthorized_client'])

/**
 * Airthings does not publish the body of a 400. A wrong client gets a 400, so any 400 that is not an OAuth error counts as a
 * wrong client. For a refresh, a refusal that does not name the client means that the token has ended. A gateway's HTML page
 * means neither.
 */
export function normalize({ grantType, status, body }: TokenEndpointAnswer): StandardAnswer {
  const standard = asRecord(body)
  const { error, message } = standard
  const refused = (code: string) => ({ status, body: { error_description: message, ...standard, error: code } })
  if (typeof body === 'string' && /^\s*</.test(body)) return { status, body: standard }
  const isRefusedRefresh = grantType === 'refresh_token' && status >= 400 && status < 500 && status !== 429
  if (isRefusedRefresh && !BAD_CLIENT.has(error)) return refused('invalid_grant')
  const isRefusal = (status === 400 || status === 401) && !isErrorCode(error)
  return isRefusal ? refused('invalid_client') : { status, body: standard }
}

function isErrorCode(error: unknown): boolean {
  return typeof error === 'string' && /^[a-z_]+$/.test(error)
}
