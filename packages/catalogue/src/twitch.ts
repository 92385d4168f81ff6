import {
  asRecord,
  defineVendor,
  clientCredentials as forProgram,
  deviceCode as onDevice,
  authorizationCode as signIn,
  type VendorData,
} from '@valetkey/oauth2'

const data = {
  name: 'twitch',
  title: 'Twitch',
  documentation: {
    'https://dev.twitch.tv/docs/authentication/refresh-tokens/': '2026-11-29',
    'https://github.com/twitchdev/twitch-cli': '2026-11-29',
  },
  origins: ['https://api.twitch.tv'],
  authorizationUrl: 'https://id.twitch.tv/oauth2/authorize',
  tokenUrl: 'https://id.twitch.tv/oauth2/token',
  deviceAuthorizationUrl: 'https://id.twitch.tv/oauth2/device',
  normalize: ({ status, body }) => {
    const { message, ...answer } = asRecord(body)
    if (message === 'Invalid refresh token') return { status, body: { error: 'invalid_grant' } }
    return { status, body: message === 'authorization_pending' ? { error: message } : { message, ...answer } }
  },
  place: ({ accessToken }, { clientId }) => ({
    headers: { authorization: `Bearer ${accessToken}`, 'client-id': String(clientId) },
  }),
  carries: { headers: ['authorization', 'client-id'], query: [] },
} as const satisfies VendorData

export const vendor = /* @__PURE__ */ defineVendor({ ...data, clientAuthentication: 'client_secret_post' })

/** User access tokens, which people give by signing in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** App access tokens, for the program itself. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

const device = /* @__PURE__ */ defineVendor({ ...data, secret: 'none', scopeFormat: 'omit' })

/** User access tokens of an app whose client type is Public. Scopes go as `scopes: 'chat:read chat:edit'` in `authorizationParameters` and in `tokenParameters`. */
export const deviceCode = /* @__PURE__ */ device(onDevice)
