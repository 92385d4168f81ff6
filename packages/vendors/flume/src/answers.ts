import { asRecord, type StandardAnswer, type TokenEndpointAnswer } from '@valetkey/oauth2'

/** Flume's envelope; with `?envelope=false` the tokens are at the top level. The HTTP status is authoritative, not the member `code`. */
export function normalize({ grantType, status, body }: TokenEndpointAnswer): StandardAnswer {
  const envelope = asRecord(body)
  if (status < 400) return { status, body: 'data' in envelope ? asRecord(asRecord(envelope.data)[0]) : envelope }
  const message = typeof envelope.message === 'string' ? envelope.message : ''
  if (message === '' && envelope.success !== false) return { status, body: {} }
  if (message === 'unverified_user') {
    // The rest of this answer is the user's name, e-mail address and telephone number.
    return { status, body: { error: 'access_denied', error_description: message } }
  }
  const explanation = explain(envelope.detailed) || message
  return { status, body: { error: errorOf(grantType, status, message), error_description: explanation } }
}

/** A 400 refuses the client, the password, or on refresh the refresh token; only the first is named in `message`. */
function errorOf(grantType: string, status: number, message: string): string | undefined {
  if (message === 'invalid_client') return message
  if (status !== 400) return undefined
  return grantType === 'refresh_token' || !/^[a-z_]+$/.test(message) ? 'invalid_grant' : message
}

/** `detailed` is null, or an array of strings or of `{ field, message }`. */
function explain(detailed: unknown): string {
  return Array.isArray(detailed) ? detailed.map(explainOne).join('; ') : ''
}

function explainOne(detail: unknown): string {
  if (typeof detail === 'string') return detail
  const { field, message } = asRecord(detail)
  return [field, message].filter((text) => typeof text === 'string').join(': ')
}
