import { asRecord, defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'osu',
  title: 'osu!',
  documentation: {
    'https://github.com/ppy/osu-web/blob/master/resources/views/docs/auth.blade.php': '2026-11-29',
    'https://github.com/ppy/osu-web/blob/master/composer.lock': '2026-11-29',
    'https://github.com/ppy/osu-web/blob/master/app/Providers/AuthServiceProvider.php': '2026-11-29',
  },
  origins: ['https://osu.ppy.sh'],
  authorizationUrl: 'https://osu.ppy.sh/oauth/authorize',
  tokenUrl: 'https://osu.ppy.sh/oauth/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 86_400, rotates: true },
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const isOver = grantType === 'refresh_token' && answer.error_description === 'The refresh token is invalid.'
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Tokens that players give by signing in. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself, which the API treats as a guest: with the scope `public`. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
