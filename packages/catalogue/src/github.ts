import { asRecord, defineVendor, deviceCode as onDevice, authorizationCode as signIn } from '@valetkey/oauth2'

const data = {
  name: 'github',
  title: 'GitHub',
  documentation: {
    'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps': '2026-11-29',
    'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens':
      '2026-11-29',
    'https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors':
      '2026-11-29',
  },
  placeholders: {
    host: { is: 'host', about: 'the host where people sign in, such as "github.example.com"', default: 'github.com' },
    apiHost: { is: 'host', about: 'the host of the API, such as "github.example.com"', default: 'api.github.com' },
  },
  origins: ['https://{apiHost}'],
  authorizationUrl: 'https://{host}/login/oauth/authorize',
  tokenUrl: 'https://{host}/login/oauth/access_token',
  deviceAuthorizationUrl: 'https://{host}/login/device/code',
  lifetimes: { accessToken: 28_800, refreshToken: 15_897_600, rotates: true },
  normalize: ({ status, body }: { readonly status: number; readonly body: unknown }) => {
    const answer = asRecord(body)
    const scope = typeof answer.scope === 'string' && { scope: answer.scope.replaceAll(',', ' ') }
    const error = CODES.get(answer.error)
    return { status, body: { ...answer, ...scope, ...(error !== undefined && { error }) } }
  },
} as const

const CODES: ReadonlyMap<unknown, string> = /* @__PURE__ */ new Map([
  ['bad_refresh_token', 'invalid_grant'],
  ['incorrect_client_credentials', 'invalid_client'],
  ['token_expired', 'expired_token'],
])

export const vendor = /* @__PURE__ */ defineVendor({ ...data, clientAuthentication: 'client_secret_post' })

/** Tokens of users who sign in, to an OAuth app or to a GitHub App. Only those of a GitHub App expire and are renewed. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

const device = /* @__PURE__ */ defineVendor({ ...data, secret: 'none' })

/** Tokens that people give to a program without a browser. The device flow has to be enabled in the app's settings. */
export const deviceCode = /* @__PURE__ */ device(onDevice)
