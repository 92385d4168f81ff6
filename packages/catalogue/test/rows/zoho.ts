import * as zoho from '../../src/zoho.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: zoho,
  options: { dataCenter: 'eu', scopes: ['ZohoCRM.modules.ALL', 'ZohoCRM.users.READ'] },
  endpoints: {
    authorize: 'https://accounts.zoho.eu/oauth/v2/auth',
    token: 'https://accounts.zoho.eu/oauth/v2/token',
    revoke: 'https://accounts.zoho.eu/oauth/v2/token/revoke',
    api: ['https://www.zohoapis.eu'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'keeps',
      authorization: {
        scope: 'ZohoCRM.modules.ALL,ZohoCRM.users.READ',
        access_type: 'offline',
        prompt: 'consent',
      },
      callback: { location: 'eu', 'accounts-server': 'https://accounts.zoho.eu' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        ...(!refreshed && { refresh_token: refreshToken }),
        api_domain: 'https://www.zohoapis.eu',
        token_type: 'Bearer',
        expires_in: 3600,
      }),
      dead: { status: 200, body: { error: 'invalid_code' } },
      tokenOf: ({ headers }) => /^Zoho-oauthtoken (.+)$/.exec(headers.authorization ?? '')?.[1],
    },
  },
  details: { api_domain: 'https://www.zohoapis.eu', location: 'eu' },
  register: 'https://api-console.zoho.com/',
  traps: [
    'A code is redeemed, and a token refreshed, at the data center of the person, which the callback names as `location`: make the credential with that `dataCenter`.',
    'A person has at most 20 refresh tokens: do not sign the same person in again and again.',
    'A refresh token gives at most 10 access tokens in 10 minutes: programs that share an account have to share a store.',
    'Products other than CRM, Bigin and similar ones have other hosts: give `baseUrl` for them.',
  ],
  notFound: [
    'token endpoint of the client credentials flow: the page of the CRM API has the authorization endpoint',
    'HTTP status of the answer to a dead refresh token',
    'API host of the data center in the United Kingdom',
  ],
}
