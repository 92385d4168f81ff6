import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'figma',
  title: 'Figma',
  documentation: {
    'https://developers.figma.com/docs/rest-api/authentication/': '2026-11-29',
    'https://developers.figma.com/docs/rest-api/republish-oauth-apps/': '2026-11-29',
    'https://developers.figma.com/docs/rest-api/changelog/': '2026-11-29',
    'https://github.com/figma/rest-api-spec': '2026-11-29',
  },
  origins: ['https://api.figma.com'],
  authorizationUrl: 'https://www.figma.com/oauth',
  tokenUrl: 'https://api.figma.com/v1/oauth/token',
  refuses: async ({ status, json }) =>
    status === 401 || (status === 403 && OVER.includes(String(asRecord(await json()).err))),
})

const OVER: readonly string[] = ['Invalid token', 'Token expired']

/** Tokens of users who sign in. The app has to be published, and its scopes chosen at Figma. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
