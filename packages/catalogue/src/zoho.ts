import { asRecord, defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

const at = (domain: string, api: string) => ({
  origins: [`https://www.${api}`],
  authorizationUrl: `https://accounts.${domain}/oauth/v2/auth`,
  tokenUrl: `https://accounts.${domain}/oauth/v2/token`,
  revocationUrl: `https://accounts.${domain}/oauth/v2/token/revoke`,
})

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'zoho',
  title: 'Zoho',
  documentation: {
    'https://zoho.com/accounts/protocol/oauth/devices/refresh-access-token.html': '2026-11-29',
    'https://www.zoho.com/contracts/api/getting-started/refreshing-access-tokens.html': '2026-11-29',
    'https://www.zoho.com/projects/help/rest-api/faq/oauth.html': '2026-11-29',
    'https://github.com/zoho/zohocrm-python-sdk-8.0': '2026-11-29',
  },
  variants: {
    dataCenter: {
      us: /* @__PURE__ */ at('zoho.com', 'zohoapis.com'),
      eu: /* @__PURE__ */ at('zoho.eu', 'zohoapis.eu'),
      in: /* @__PURE__ */ at('zoho.in', 'zohoapis.in'),
      au: /* @__PURE__ */ at('zoho.com.au', 'zohoapis.com.au'),
      jp: /* @__PURE__ */ at('zoho.jp', 'zohoapis.jp'),
      ca: /* @__PURE__ */ at('zohocloud.ca', 'zohoapis.ca'),
      sa: /* @__PURE__ */ at('zoho.sa', 'zohoapis.sa'),
      cn: /* @__PURE__ */ at('zoho.com.cn', 'zohoapis.com.cn'),
    },
  },
  clientAuthentication: 'client_secret_post',
  scopeSeparator: ',',
  authorizationParameters: { access_type: 'offline', prompt: 'consent' },
  lifetimes: { accessToken: 3600, refreshToken: 'endless', rotates: false },
  normalize: ({ status, body }) => {
    const answer = asRecord(body)
    if (answer.error === 'invalid_code') return { status: 400, body: { error: 'invalid_grant' } }
    return { status: answer.error === 'Access Denied' ? 429 : status, body: answer }
  },
  place: ({ accessToken }) => ({ headers: { authorization: `Zoho-oauthtoken ${accessToken}` } }),
})

/** Tokens of users who sign in. The option `dataCenter` says where their accounts are. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
