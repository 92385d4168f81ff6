import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'anilist',
  title: 'AniList',
  documentation: {
    'https://docs.anilist.co/guide/auth/': '2026-11-29',
    'https://docs.anilist.co/guide/auth/authorization-code': '2026-11-29',
    'https://docs.anilist.co/guide/auth/authenticated-requests': '2026-11-29',
  },
  origins: ['https://graphql.anilist.co'],
  authorizationUrl: 'https://anilist.co/api/v2/oauth/authorize',
  tokenUrl: 'https://anilist.co/api/v2/oauth/token',
  clientAuthentication: 'client_secret_post',
  lifetimes: { accessToken: 31_536_000, refreshToken: 'none' },
  refuses: async ({ status, json }) => {
    if (status !== 400) return status === 401
    const { errors } = asRecord(await json())
    return Array.isArray(errors) && errors.some((error) => asRecord(error).message === 'Invalid token')
  },
})

/** Tokens of users who sign in. They last a year and have no scopes. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
