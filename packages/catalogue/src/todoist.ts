import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'todoist',
  title: 'Todoist',
  documentation: {
    'https://developer.todoist.com/guides/': '2026-11-29',
    'https://doist.github.io/todoist-sdk-typescript/api/functions/refreshAuthToken': '2026-11-29',
    'https://github.com/Doist/todoist-sdk-typescript': '2026-11-29',
  },
  origins: ['https://api.todoist.com'],
  authorizationUrl: 'https://app.todoist.com/oauth/authorize',
  tokenUrl: 'https://api.todoist.com/oauth/access_token',
  secret: 'optional',
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  lifetimes: { accessToken: 3600, rotates: true, grace: 60 },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    const { scope } = answer
    return { status, body: typeof scope === 'string' ? { ...answer, scope: scope.replaceAll(' ', ',') } : answer }
  },
})

/** Tokens of users who sign in. A public client has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
