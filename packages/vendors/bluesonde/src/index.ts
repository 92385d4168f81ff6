import { createApiKeyCredential } from '@valetkey/core'
import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'

const data = {
  name: 'bluesonde',
  title: 'Bluesonde',
  documentation: { 'https://docs.bluesonde.io/guide/access-authentication': '2026-11-29' },
  // Its documentation names the host of each organisation's API.
  required: ['baseUrl'],
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  authorizationUrl: 'https://auth.bluesonde.io/oauth2/auth',
  tokenUrl: 'https://auth.bluesonde.io/oauth2/token',
  secret: 'optional',
  // Its page has the parameters of a token request in the query of the URL.
  adjustable: ['parameters'],
  scopes: ['devices:read', 'offline_access'],
  lifetimes: { rotates: true },
  // While another refresh with the same token is running, the answer is `invalid_request` and "retry": grant and client remain
  // valid. As in ory/fosite, flow_refresh.go.
  normalize({ grantType, status, body }) {
    const standard = asRecord(body)
    const { error, error_description, error_hint } = standard
    const isBusy =
      grantType === 'refresh_token' &&
      error === 'invalid_request' &&
      [error_description, error_hint].some((words) => typeof words === 'string' && /\bretry\b/i.test(words))
    return { status, body: isBusy ? { ...standard, error: 'temporarily_unavailable' } : standard }
  },
})

/**
 * The organisation's API key, `sk_live_…` from the Developer Settings page, as a bearer token. A key that the API refuses is not
 * sent again: the event `refused` has `api_key_refused`, unless `apiKey` is a function that now returns another key.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const apiKey = /* @__PURE__ */ defineVendor(data)(createApiKeyCredential)

/**
 * Tokens of users of other organisations who consent, refreshed with a rotating refresh token. Its second use ends the whole
 * grant: programs of one application must share a store. Leave out `clientSecret` if the application was created with the PKCE
 * option.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

export type BluesondeApiKeyOptions = Parameters<typeof apiKey>[0]
export type BluesondeSignInOptions = Parameters<typeof authorizationCode>[0]
