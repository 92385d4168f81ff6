import { formDecode, readBasic } from './authorization.ts'
import { type OAuthError, oauthError } from './oauth-error.ts'

/** How a client proves itself at a token endpoint (RFC 6749 §2.3.1). */
export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post' | 'none'

/** An OAuth application as it is registered. */
export interface RegisteredClient {
  readonly id: string
  readonly secret: string | undefined
  /** `'secret'`: its secret, wherever it stands. */
  readonly authentication: ClientAuthentication | 'secret'
}

interface Presented {
  readonly id: string
  readonly secret: string
  readonly method: 'client_secret_basic' | 'client_secret_post' | 'none'
}

/**
 * Why a token request does not come from the registered client. As ory/fosite does it: id and secret in a Basic header are
 * form-decoded, and only the registered way of authenticating is taken.
 */
export function refuseClient(
  client: RegisteredClient | undefined,
  authorization: string | null,
  fields: Readonly<Record<string, string>>,
): OAuthError | undefined {
  const presented = readClient(authorization, fields)
  if ('error' in presented) return presented
  const { id, secret, method } = presented
  if (id !== client?.id) return oauthError('invalid_client', 'The client is not known.')
  const isWrong = client.authentication === 'secret' ? method === 'none' : method !== client.authentication
  if (isWrong) {
    return oauthError('invalid_client', `The client is registered for "${client.authentication}", not for "${method}".`)
  }
  return method === 'none' || secret === client.secret
    ? undefined
    : oauthError('invalid_client', 'The client secret is wrong.')
}

function readClient(
  authorization: string | null,
  { client_id: id = '', client_secret: secret = '' }: Readonly<Record<string, string>>,
): Presented | OAuthError {
  const basic = readBasic(authorization)
  if (basic && secret !== '') return oauthError('invalid_client', 'The client authenticates in both header and body.')
  if (basic) return decodeBasic(basic)
  if (id === '') return oauthError('invalid_request', 'Client credentials are missing in both header and body.')
  return { id, secret, method: secret === '' ? 'none' : 'client_secret_post' }
}

function decodeBasic({ user, password }: { user: string; password: string }): Presented | OAuthError {
  const [id, secret] = [user, password].map(formDecode)
  if (id === undefined || secret === undefined) {
    return oauthError('invalid_request', 'Client id or secret in the header are not form-encoded.')
  }
  return { id, secret, method: 'client_secret_basic' }
}
