import {
  asRecord,
  customGrant,
  defineVendor,
  clientCredentials as forProgram,
  password as ofDeveloper,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'reddit',
  title: 'Reddit',
  documentation: {
    'https://github.com/reddit-archive/reddit/wiki/OAuth2': '2026-11-29',
    'https://github.com/reddit-archive/reddit/blob/master/r2/r2/controllers/oauth2.py': '2026-11-29',
    'https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki': '2026-11-29',
  },
  variants: { app: { confidential: { secret: 'required' }, installed: { secret: 'none' } } },
  origins: ['https://oauth.reddit.com'],
  authorizationUrl: 'https://www.reddit.com/api/v1/authorize',
  tokenUrl: 'https://www.reddit.com/api/v1/access_token',
  revocationUrl: 'https://www.reddit.com/api/v1/revoke_token',
  secret: 'optional',
  clientAuthentication: 'client_secret_basic',
  retryAfterHeaders: ['x-ratelimit-reset'],
  lifetimes: { refreshToken: 'endless', rotates: false },
  normalize: ({ grantType, status, body }) => {
    const isOver = grantType === 'refresh_token' && status === 400
    return { status, body: isOver ? { error: 'invalid_grant' } : asRecord(body) }
  },
})

/** Tokens of users who sign in, with a refresh token. An installed app has no secret, and the option `app: 'installed'`. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn, { authorizationParameters: { duration: 'permanent' } })

/** Tokens for the program itself, without a user, of a web app or a script. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

/** Tokens for a developer's own account, of a script. */
export const password = /* @__PURE__ */ vendor(ofDeveloper)

/** Tokens without a user, of an installed app (`app: 'installed'`) that does not distinguish its devices. */
export const installedClient = /* @__PURE__ */ vendor(customGrant, {
  grantType: 'https://oauth.reddit.com/grants/installed_client',
  parameters: { device_id: 'DO_NOT_TRACK_THIS_DEVICE' },
})
