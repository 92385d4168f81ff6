import type { CredentialOptions, TokenCredential, WaitOptions } from '@valetkey/core'
import type { OptionNames } from '@valetkey/core/kit'
import {
  CREDENTIAL_OPTIONS,
  CredentialError,
  knownOptions,
  pickOptions,
  requireSecret,
  requireText,
} from '@valetkey/core/kit'
import type { Secret, StandardAnswer, TokenEndpointAnswer, TokenEndpointDialect } from '@valetkey/oauth2'
import { asRecord, parseUrlOption, password } from '@valetkey/oauth2'

const VENDOR = 'flume'

const API = 'https://api.flumewater.com'

/** The documented host, and the older one that is still in use; both take the same tokens. */
const ORIGINS = [API, 'https://api.flumetech.com']

export interface FlumeOptions extends CredentialOptions {
  /** From "API Access" in the settings of the Flume portal. */
  readonly clientId: string
  readonly clientSecret: Secret
  /** The account's e-mail address; a personal client works for its own user only. */
  readonly username: string
  readonly password: Secret
  /** For tests and proxies: the only host that the token is sent to. @default both of Flume's hosts */
  readonly baseUrl?: string | undefined
  /** @default '/oauth/token' of `baseUrl`, or of https://api.flumewater.com */
  readonly tokenUrl?: string | undefined
}

const OPTIONS: OptionNames<FlumeOptions> = {
  ...CREDENTIAL_OPTIONS,
  clientId: true,
  clientSecret: true,
  username: true,
  password: true,
  baseUrl: true,
  tokenUrl: true,
}

/** https://flumetech.readme.io/reference/get-tokens */
const DIALECT: TokenEndpointDialect = {
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  scopeFormat: 'omit',
  retryAfterHeaders: ['x-ratelimit-reset', 'ratelimit-reset'],
  normalize,
}

export const flume: {
  /**
   * Password sign-in, renewed by refresh token; a refresh token that Flume refuses costs one sign-in, not a person.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   */
  readonly password: (options: FlumeOptions) => TokenCredential
  /**
   * The user id that most of Flume's paths need (`/users/{id}/…`), read from the token.
   *
   * @throws CredentialError `not_a_jwt` when the token names none, and whatever `credential.getToken` throws
   */
  readonly userId: (credential: TokenCredential, options?: WaitOptions) => Promise<number>
} = { password: createPassword, userId }

function createPassword(options: FlumeOptions): TokenCredential {
  const own = knownOptions(VENDOR, options, OPTIONS)
  requireText(VENDOR, own, ['clientId', 'username'])
  requireSecret(VENDOR, own, ['clientSecret', 'password'])
  const base = parseUrlOption(VENDOR, own, 'baseUrl')
  const tokenUrl = parseUrlOption(VENDOR, own, 'tokenUrl') ?? new URL('/oauth/token', base ?? API)
  const origins = base ? [base.origin] : ORIGINS
  const { clientId, clientSecret, username } = own
  return password({
    ...pickOptions(own, CREDENTIAL_OPTIONS),
    ...DIALECT,
    vendor: VENDOR,
    origins,
    tokenUrl: tokenUrl.href,
    clientId,
    clientSecret,
    username,
    password: own.password,
  })
}

async function userId(credential: TokenCredential, options?: WaitOptions): Promise<number> {
  const { user_id: id } = asRecord(await credential.claims(options))
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id
  const { vendor, account } = credential
  throw new CredentialError('not_a_jwt', `[${VENDOR}] the access token has no "user_id"`, { vendor, account })
}

/** Flume's envelope; with `?envelope=false` the tokens stand at the top. The HTTP status is the truth, not the member `code`. */
function normalize({ grantType, status, body }: TokenEndpointAnswer): StandardAnswer {
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

/** A 400 is the client, the password, or on refresh the refresh token; only the first says so in `message`. */
function errorOf(grantType: string, status: number, message: string): string | undefined {
  if (message === 'invalid_client') return message
  if (status !== 400) return undefined
  return grantType === 'refresh_token' || !/^[a-z_]+$/.test(message) ? 'invalid_grant' : message
}

/** `detailed` is null, texts, or `{ field, message }`. */
function explain(detailed: unknown): string {
  return Array.isArray(detailed) ? detailed.map(explainOne).join('; ') : ''
}

function explainOne(detail: unknown): string {
  if (typeof detail === 'string') return detail
  const { field, message } = asRecord(detail)
  return [field, message].filter((text) => typeof text === 'string').join(': ')
}
