import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'instagram',
  title: 'Instagram',
  documentation: {
    'https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login':
      '2026-11-29',
    'https://developers.facebook.com/documentation/instagram-platform/reference/oauth-authorize': '2026-11-29',
    'https://developers.facebook.com/docs/instagram-platform/reference/oauth-access-token': '2026-11-29',
  },
  origins: ['https://graph.instagram.com'],
  authorizationUrl: 'https://www.instagram.com/oauth/authorize',
  tokenUrl: 'https://api.instagram.com/oauth/access_token',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  lifetimes: { accessToken: 3600, refreshToken: 'none' },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    const tokens = Array.isArray(answer.data) ? asRecord(answer.data[0]) : answer
    const { permissions, error_type, error_message } = tokens
    if (error_type !== undefined)
      return { status, body: { error: 'invalid_request', error_description: error_message } }
    const scope = Array.isArray(permissions) ? permissions.join(',') : permissions
    return { status, body: { ...tokens, ...(typeof scope === 'string' && { scope }) } }
  },
  refuses: async ({ status, json }) => status === 401 || asRecord(asRecord(await json()).error).code === 190,
})

/**
 * Tokens for an hour, which people with a professional account give by signing in. They are not renewed: a token for 60 days is
 * asked for with GET, which no grant does.
 */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
