import type { ApiKeyCredential, CredentialOptions, Secret } from '@valetkey/core'
import { createApiKeyCredential, requireSecret } from '@valetkey/core'
import { ownMembers, requireUrlOption } from '@valetkey/oauth2'

const PACKAGE_NAME = '@valetkey/bluesonde'

/** A key has no tokens, so the options of their store, clock and renewal are none of its. */
export interface BluesondeApiKeyOptions extends Pick<CredentialOptions, 'account' | 'allowInsecureRequests'> {
  /** `sk_live_…` from the Developer Settings page, or where to read it: when it is first needed and after each refusal. */
  readonly apiKey: Secret
  /** Where the API is: the only host that the key is sent to. Its documentation names the host; a path in it does not count. */
  readonly baseUrl: string
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
} = { apiKey: createApiKey }

function createApiKey(options: BluesondeApiKeyOptions): ApiKeyCredential {
  const own = ownMembers(options)
  requireSecret(PACKAGE_NAME, own, ['apiKey'])
  const { origin } = requireUrlOption(PACKAGE_NAME, own, 'baseUrl')
  const { apiKey, account, allowInsecureRequests } = own
  return createApiKeyCredential({ vendor: 'bluesonde', origins: [origin], apiKey, account, allowInsecureRequests })
}
