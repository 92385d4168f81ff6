import { asRecord, defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

const data = {
  name: 'tumblr',
  title: 'Tumblr',
  documentation: { 'https://github.com/tumblr/docs/blob/master/api.md': '2026-11-29' },
  origins: ['https://api.tumblr.com'],
  authorizationUrl: 'https://www.tumblr.com/oauth2/authorize',
  tokenUrl: 'https://api.tumblr.com/v2/oauth2/token',
  clientAuthentication: 'client_secret_post',
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  scopes: ['basic', 'offline_access'],
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const isOver = grantType === 'refresh_token' && status === 401 && answer.error === undefined
    return { status, body: isOver ? { error: 'invalid_grant' } : answer }
  },
})

/** Tokens of users who sign in. The application needs an OAuth2 redirect URL in its settings. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

const program = /* @__PURE__ */ defineVendor(data)

/** Tokens for the program itself. */
export const clientCredentials = /* @__PURE__ */ program(forProgram)
