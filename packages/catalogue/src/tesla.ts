import { asRecord, defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

const region = (host: string, endpoints = {}) => ({
  origins: [host],
  tokenParameters: { audience: host },
  ...endpoints,
})

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'tesla',
  title: 'Tesla Fleet API',
  documentation: {
    'https://developer.tesla.com/docs/fleet-api': '2026-11-29',
    'https://developer.tesla.com/docs/fleet-api/authentication/overview': '2026-11-29',
    'https://developer.tesla.com/docs/fleet-api/authentication/third-party-tokens': '2026-11-29',
    'https://developer.tesla.com/docs/fleet-api/authentication/third-party-business-tokens': '2026-11-29',
  },
  variants: {
    region: {
      na: /* @__PURE__ */ region('https://fleet-api.prd.na.vn.cloud.tesla.com'),
      eu: /* @__PURE__ */ region('https://fleet-api.prd.eu.vn.cloud.tesla.com'),
      cn: /* @__PURE__ */ region('https://fleet-api.prd.cn.vn.cloud.tesla.cn', {
        authorizationUrl: 'https://auth.tesla.cn/oauth2/v3/authorize',
        tokenUrl: 'https://auth.tesla.cn/oauth2/v3/token',
      }),
    },
  },
  authorizationUrl: 'https://auth.tesla.com/oauth2/v3/authorize',
  tokenUrl: 'https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token',
  clientAuthentication: 'client_secret_post',
  scopes: ['openid', 'offline_access'],
  lifetimes: { refreshToken: 7_776_000, rotates: true, grace: 86_400 },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    return { status, body: answer.error === 'login_required' ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Third-party tokens, of customers who sign in. `region` is the region of the customer's vehicles. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Partner tokens, for the application itself. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
