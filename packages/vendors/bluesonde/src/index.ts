import type { ApiKeyCredential, CredentialOptions } from '@valetkey/core'
import { createApiKeyCredential } from '@valetkey/core'
import type { OptionNames, Secret } from '@valetkey/core/kit'
import { CREDENTIAL_OPTIONS, knownOptions, pickOptions, requireSecret, requireText } from '@valetkey/core/kit'
import type { SignInCredential, StandardAnswer, TokenEndpointAnswer } from '@valetkey/oauth2'
import { asRecord, authorizationCode, parseUrlOption, requireUrlOption } from '@valetkey/oauth2'

export type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'

const VENDOR = 'bluesonde'

/** https://docs.bluesonde.io/guide/access-authentication */
const AUTHORIZATION_URL = 'https://auth.bluesonde.io/oauth2/auth'
const TOKEN_URL = 'https://auth.bluesonde.io/oauth2/token'

/** The scopes that its page names: devices' data, and a refresh token. */
const SCOPES = ['devices:read', 'offline_access']

/** A key has no tokens, so the options of their store, clock and refresh are none of its. */
export interface BluesondeApiKeyOptions extends Pick<CredentialOptions, 'account' | 'allowInsecureRequests'> {
  /** `sk_live_…` from the Developer Settings page, or where to read it: when it is first needed and after each refusal. */
  readonly apiKey: Secret
  /** Where the API is: the only host that the key is sent to. Its documentation names the host; a path in it does not count. */
  readonly baseUrl: string
}

export interface BluesondeSignInOptions extends CredentialOptions {
  /** From the OAuth Applications tab of the Developer Settings page. */
  readonly clientId: string
  /** Absent: the application was created with the PKCE option. */
  readonly clientSecret?: Secret | undefined
  /** Where users come back to; one of those that the application is registered with, letter by letter. */
  readonly redirectUri: string
  /** Where the API is: the only host that the token is sent to. A path in it does not count. */
  readonly baseUrl: string
  /** Registered ones only. Without `offline_access` users have to sign in again when the token is over. @default ['devices:read', 'offline_access'] */
  readonly scopes?: readonly string[] | undefined
  /** @default 'https://auth.bluesonde.io/oauth2/auth' */
  readonly authorizationUrl?: string | undefined
  /** @default 'https://auth.bluesonde.io/oauth2/token' */
  readonly tokenUrl?: string | undefined
}

const API_KEY_OPTIONS: OptionNames<BluesondeApiKeyOptions> = {
  account: true,
  allowInsecureRequests: true,
  apiKey: true,
  baseUrl: true,
}

const SIGN_IN_OPTIONS: OptionNames<BluesondeSignInOptions> = {
  ...CREDENTIAL_OPTIONS,
  clientId: true,
  clientSecret: true,
  redirectUri: true,
  baseUrl: true,
  scopes: true,
  authorizationUrl: true,
  tokenUrl: true,
}

export const bluesonde: {
  /**
   * The organisation's API key, as a bearer token. A key that the API refuses is not sent again: the event `refused` says
   * `api_key_refused`, unless `apiKey` is a function that by now gives another key.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   * @see https://docs.bluesonde.io/guide/access-authentication
   */
  readonly apiKey: (options: BluesondeApiKeyOptions) => ApiKeyCredential
  /**
   * Tokens that users of other organisations give by consenting, renewed by a refresh token that is another one each time. Its
   * second use ends the whole grant: programs of one application must share a store.
   *
   * @throws CredentialError `invalid_option`, `insecure_url`
   * @see https://docs.bluesonde.io/guide/access-authentication
   */
  readonly authorizationCode: (options: BluesondeSignInOptions) => SignInCredential
} = { apiKey: createApiKey, authorizationCode: createAuthorizationCode }

function createApiKey(options: BluesondeApiKeyOptions): ApiKeyCredential {
  const own = knownOptions(VENDOR, options, API_KEY_OPTIONS)
  requireSecret(VENDOR, own, ['apiKey'])
  const { origin } = requireUrlOption(VENDOR, own, 'baseUrl')
  const common = pickOptions(own, CREDENTIAL_OPTIONS)
  return createApiKeyCredential({ ...common, vendor: VENDOR, origins: [origin], apiKey: own.apiKey })
}

function createAuthorizationCode(options: BluesondeSignInOptions): SignInCredential {
  const own = knownOptions(VENDOR, options, SIGN_IN_OPTIONS)
  requireText(VENDOR, own, ['clientId', 'redirectUri'])
  if (own.clientSecret !== undefined) requireSecret(VENDOR, own, ['clientSecret'])
  const { origin } = requireUrlOption(VENDOR, own, 'baseUrl')
  const { clientId, clientSecret, redirectUri } = own
  return authorizationCode({
    ...pickOptions(own, CREDENTIAL_OPTIONS),
    vendor: VENDOR,
    origins: [origin],
    clientId,
    clientSecret,
    redirectUri,
    authorizationUrl: parseUrlOption(VENDOR, own, 'authorizationUrl')?.href ?? AUTHORIZATION_URL,
    tokenUrl: parseUrlOption(VENDOR, own, 'tokenUrl')?.href ?? TOKEN_URL,
    scopes: own.scopes ?? SCOPES,
    normalize,
  })
}

/**
 * While another refresh with the same token is under way, the answer is `invalid_request` and "retry": the grant is as good as
 * before, and so is the client. As of ory/fosite, flow_refresh.go.
 */
function normalize({ grantType, status, body }: TokenEndpointAnswer): StandardAnswer {
  const standard = asRecord(body)
  const { error, error_description, error_hint } = standard
  const isBusy =
    grantType === 'refresh_token' &&
    error === 'invalid_request' &&
    [error_description, error_hint].some((words) => typeof words === 'string' && /\bretry\b/i.test(words))
  return { status, body: isBusy ? { ...standard, error: 'temporarily_unavailable' } : standard }
}
