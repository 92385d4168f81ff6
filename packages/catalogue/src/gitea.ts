import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'gitea',
  title: 'Gitea',
  documentation: {
    'https://docs.gitea.com/development/oauth2-provider': '2026-11-29',
    'https://github.com/go-gitea/gitea/blob/main/routers/web/auth/oauth2_provider.go': '2026-11-29',
    'https://github.com/go-gitea/gitea/blob/main/modules/setting/oauth2.go': '2026-11-29',
  },
  placeholders: {
    host: { is: 'host', about: 'the host of the Gitea server, such as "gitea.example.com"' },
    path: { is: 'path', about: 'the path of the Gitea server, such as "/gitea"', default: '' },
  },
  secret: 'optional',
  origins: ['https://{host}'],
  authorizationUrl: '{path}/login/oauth/authorize',
  tokenUrl: '{path}/login/oauth/access_token',
  lifetimes: { accessToken: 3600, refreshToken: 2_628_000 },
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const isOver =
      grantType === 'refresh_token' &&
      answer.error === 'unauthorized_client' &&
      /^(?:unable to parse refresh token|token was already used)/.test(String(answer.error_description))
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Tokens of users who sign in to a Gitea server. A client that is registered there as a public one has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
