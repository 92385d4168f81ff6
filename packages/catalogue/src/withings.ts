import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'withings',
  title: 'Withings',
  documentation: {
    'https://developer.withings.com/developer-guide/v3/integration-guide/public-health-data-api/get-access/access-and-refresh-tokens-no-recover':
      '2026-11-29',
    'https://developer.withings.com/developer-guide/v3/integration-guide/public-health-data-api/get-access/oauth-web-flow':
      '2026-11-29',
  },
  variants: {
    cloud: {
      public: {},
      'us-medical': {
        origins: ['https://wbsapi.us.withingsmed.net'],
        authorizationUrl: 'https://account.us.withingsmed.com/oauth2_user/authorize2',
        tokenUrl: 'https://wbsapi.us.withingsmed.net/v2/oauth2',
      },
    },
  },
  origins: ['https://wbsapi.withings.net'],
  authorizationUrl: 'https://account.withings.com/oauth2_user/authorize2',
  tokenUrl: 'https://wbsapi.withings.net/v2/oauth2',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  tokenParameters: { action: 'requesttoken' },
  lifetimes: { accessToken: 10_800, refreshToken: 31_536_000, rotates: true, grace: 28_800 },
  normalize: ({ grantType, status, body }) => {
    const { status: code, body: tokens, error } = asRecord(body)
    if (typeof code !== 'number') return { status, body: asRecord(body) }
    if (code === 0) return { status, body: asRecord(tokens) }
    const isOver = grantType === 'refresh_token' && String(error).includes('refresh_token')
    return { status: 400, body: { error: isOver ? 'invalid_grant' : 'invalid_request', error_description: error } }
  },
  refuses: async ({ json }) => asRecord(await json()).status === 401,
})

/** Tokens of users who sign in. The option `cloud` says where the app is registered. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
