import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'canva',
  title: 'Canva Connect',
  documentation: {
    'https://canva.dev/docs/connect/api-reference/authentication/generate-access-token': '2026-11-29',
    'https://www.canva.dev/docs/apps/rest-apis/reference/authentication/revoke-token/': '2026-11-29',
    'https://github.com/canva-sdks/canva-connect-api-starter-kit': '2026-11-29',
  },
  origins: ['https://api.canva.com'],
  authorizationUrl: 'https://www.canva.com/api/oauth/authorize',
  tokenUrl: 'https://api.canva.com/rest/v1/oauth/token',
  revocationUrl: 'https://api.canva.com/rest/v1/oauth/revoke',
  lifetimes: { accessToken: 14_400 },
  normalize: ({ status, body }) => {
    const { code, message, ...answer } = asRecord(body)
    return { status, body: typeof code === 'string' ? { error: code, error_description: message } : answer }
  },
})

/** Tokens of users who sign in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
