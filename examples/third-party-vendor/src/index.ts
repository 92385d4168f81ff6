import type { CredentialOptions, TokenCredential } from '@valetkey/core'
import type { OptionNames } from '@valetkey/core/kit'
import { CREDENTIAL_OPTIONS, knownOptions, pickOptions, requireSecret, requireText } from '@valetkey/core/kit'
import type { ApiDialect, Secret, StandardAnswer, TokenEndpointAnswer, TokenEndpointDialect } from '@valetkey/oauth2'
import { asRecord, clientCredentials, parseUrlOption } from '@valetkey/oauth2'

const VENDOR = 'kestrel'

const ORIGIN = 'https://api.kestrel.example'

const TOKEN_URL = 'https://login.kestrel.example/token'

export interface KestrelOptions extends CredentialOptions {
  readonly clientId: string
  readonly clientSecret: Secret
  /** For tests and proxies: the only host that the token is sent to. @default 'https://api.kestrel.example' */
  readonly baseUrl?: string | undefined
  /** @default 'https://login.kestrel.example/token' */
  readonly tokenUrl?: string | undefined
}

/** Every name that a program may give; `tsc` tells of one that is missing. */
const OPTIONS: OptionNames<KestrelOptions> = {
  ...CREDENTIAL_OPTIONS,
  clientId: true,
  clientSecret: true,
  baseUrl: true,
  tokenUrl: true,
}

/** How token requests are written, and answered. */
const DIALECT: TokenEndpointDialect = {
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  scopeFormat: 'omit',
  retryAfterHeaders: ['x-kestrel-reset'],
  normalize,
}

/** How API requests carry the token. */
const API_DIALECT: ApiDialect = {
  place: ({ accessToken }) => ({ headers: { 'x-kestrel-token': accessToken } }),
  carries: { headers: ['x-kestrel-token'], query: [] },
}

export const kestrel: {
  /**
   * Tokens for the program itself.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   */
  readonly clientCredentials: (options: KestrelOptions) => TokenCredential
} = { clientCredentials: createCredential }

function createCredential(options: KestrelOptions): TokenCredential {
  const own = knownOptions(VENDOR, options, OPTIONS)
  requireText(VENDOR, own, ['clientId'])
  requireSecret(VENDOR, own, ['clientSecret'])
  const origins = [parseUrlOption(VENDOR, own, 'baseUrl')?.origin ?? ORIGIN]
  const tokenUrl = parseUrlOption(VENDOR, own, 'tokenUrl')?.href ?? TOKEN_URL
  const { clientId, clientSecret } = own
  const common = pickOptions(own, CREDENTIAL_OPTIONS)
  const taken = { ...common, ...DIALECT, ...API_DIALECT, vendor: VENDOR, origins, tokenUrl, clientId, clientSecret }
  return clientCredentials(taken)
}

/** `{ token, ttl }`, or `{ problem: 'bad-client' }` with status 200. */
function normalize({ status, body }: TokenEndpointAnswer): StandardAnswer {
  const { token, ttl, problem } = asRecord(body)
  if (problem === 'bad-client') return { status, body: { error: 'invalid_client' } }
  return { status, body: { access_token: token, token_type: 'Bearer', expires_in: ttl } }
}
