import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'snapchat',
  title: 'Snapchat',
  documentation: {
    'https://developers.snap.com/api/marketing-api/Ads-API/authentication': '2026-11-29',
    'https://developers.snap.com/snap-kit/login-kit/overview': '2026-11-29',
    'https://developers.snap.com/snap-kit/login-kit/Tutorials/web': '2026-11-29',
    'https://github.com/Snapchat/passport-snapchat': '2026-11-29',
  },
  variants: {
    product: {
      marketing: {},
      'login-kit': {
        origins: ['https://kit.snapchat.com', 'https://api.snapkit.com'],
        authorizationUrl: 'https://accounts.snapchat.com/accounts/oauth2/auth',
        tokenUrl: 'https://accounts.snapchat.com/accounts/oauth2/token',
      },
    },
  },
  origins: ['https://adsapi.snapchat.com'],
  authorizationUrl: 'https://accounts.snapchat.com/login/oauth2/authorize',
  tokenUrl: 'https://accounts.snapchat.com/login/oauth2/access_token',
  clientAuthentication: 'client_secret_post',
})

/** Tokens of users who sign in. The option `product` says where the app is registered. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
