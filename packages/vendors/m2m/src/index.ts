import type { CredentialOptions, TokenCredential } from '@valetkey/core'
import type { OptionNames } from '@valetkey/core/kit'
import {
  CREDENTIAL_OPTIONS,
  invalidOption,
  knownOptions,
  pickOptions,
  requireSecret,
  requireText,
} from '@valetkey/core/kit'
import type { Secret, StandardAnswer, TokenEndpointAnswer, TokenEndpointDialect } from '@valetkey/oauth2'
import { asRecord, clientCredentials, parseUrlOption, requireUrlOption } from '@valetkey/oauth2'

const VENDOR = 'm2m'

const TOKEN_PATH = '/oauth/v2/token'

export interface M2mOptions extends CredentialOptions {
  /** Where the API is, e.g. `https://api.example.com`: the only host that the token is sent to. A path in it does not count. */
  readonly baseUrl: string
  /** The one that you chose. No colon in it, unless `basicEncoding` is `'form-urlencoded'`. */
  readonly clientId: string
  /** From the "API Token" field, or from the connectivity team. */
  readonly clientSecret: Secret
  /** Where tokens are given out, on the host of `baseUrl`. @default '/oauth/v2/token' */
  readonly tokenPath?: string | undefined
  /** For tests, proxies and token endpoints on another host. @default `tokenPath` on the host of `baseUrl` */
  readonly tokenUrl?: string | undefined
  /**
   * Whether id and secret are taken as they are before Base64, as the documentation says, or form-encoded, as RFC 6749 does.
   * The same for letters, digits and `*-._`.
   * @default 'plain'
   */
  readonly basicEncoding?: TokenEndpointDialect['basicEncoding']
}

const OPTIONS: OptionNames<M2mOptions> = {
  ...CREDENTIAL_OPTIONS,
  baseUrl: true,
  clientId: true,
  clientSecret: true,
  tokenPath: true,
  tokenUrl: true,
  basicEncoding: true,
}

const DIALECT: TokenEndpointDialect = {
  clientAuthentication: 'client_secret_basic',
  scopeFormat: 'omit',
  normalize,
}

export const m2m: {
  /**
   * Tokens for the program itself; an hour, then asked for anew.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   */
  readonly clientCredentials: (options: M2mOptions) => TokenCredential
} = { clientCredentials: createClientCredentials }

function createClientCredentials(options: M2mOptions): TokenCredential {
  const own = knownOptions(VENDOR, options, OPTIONS)
  const { origin } = requireUrlOption(VENDOR, own, 'baseUrl')
  requireText(VENDOR, own, ['clientId'])
  requireSecret(VENDOR, own, ['clientSecret'])
  const { clientId, clientSecret, basicEncoding = 'plain' } = own
  if (basicEncoding === 'plain' && clientId.includes(':')) {
    throw invalidOption(VENDOR, 'clientId', `must not hold ":" unless "basicEncoding" is 'form-urlencoded'`)
  }
  const tokenUrl = (parseUrlOption(VENDOR, own, 'tokenUrl') ?? tokenUrlOf(origin, own.tokenPath)).href
  return clientCredentials({
    ...pickOptions(own, CREDENTIAL_OPTIONS),
    ...DIALECT,
    vendor: VENDOR,
    origins: [origin],
    tokenUrl,
    clientId,
    clientSecret,
    basicEncoding,
  })
}

function tokenUrlOf(origin: string, path: unknown = TOKEN_PATH): URL {
  if (typeof path !== 'string' || !/^\/[^?#]*$/.test(path)) {
    throw invalidOption(VENDOR, 'tokenPath', 'must be a path that begins with "/"')
  }
  const url = new URL(origin)
  // Unlike `new URL(path, origin)` it stays on the host, whatever the path.
  url.pathname = path
  return url
}

/** A wrong client is a 401 whose body nobody has described: any counts. */
function normalize({ status, body }: TokenEndpointAnswer): StandardAnswer {
  const standard = asRecord(body)
  if (status !== 401) return { status, body: standard }
  const { error_description: description = standard.message ?? body } = standard
  return { status, body: { error: 'invalid_client', error_description: description } }
}
