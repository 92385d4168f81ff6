import type { AuthorizationCodeOptions, StandardAnswer, TokenEndpointAnswer } from '@valetkey/oauth2'
import { asRecord } from '@valetkey/oauth2'
import type { Rules } from './imitation.ts'

/** How a stranger connects a vendor: by options alone. */
export interface Row {
  readonly vendor: string
  /** The public documentation that `rules` and `options` follow. */
  readonly documentation: string
  readonly rules: Rules
  /** Beside origins, endpoints, client id and secret. */
  readonly options: Partial<AuthorizationCodeOptions>
  /** The tokens come from the vendor's pages, not by a sign-in. */
  readonly isImported?: boolean
  /** What `details()` must tell after a refresh. */
  readonly details?: Readonly<Record<string, unknown>>
}

const BOTH = ['authorization_code', 'refresh_token']
const INVALID_GRANT = {
  status: 400,
  body: { error: 'invalid_grant', error_description: 'the refresh token is invalid' },
}

/** An answer whose dead refresh token has another name than `invalid_grant`. */
function deadWhen(isDead: (body: Readonly<Record<string, unknown>>) => boolean) {
  return ({ status, body }: TokenEndpointAnswer): StandardAnswer => {
    const members = asRecord(body)
    return isDead(members) ? { status: 400, body: { error: 'invalid_grant' } } : { status, body: members }
  }
}

export const ROWS: readonly Row[] = [
  {
    vendor: 'slack',
    documentation: 'https://docs.slack.dev/authentication/using-token-rotation',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      authorization: { scope: 'chat:write,users:read' },
      answer: ({ accessToken, refreshToken }) => ({
        ok: true,
        access_token: accessToken,
        token_type: 'bot',
        scope: 'chat:write,users:read',
        expires_in: 43_200,
        refresh_token: refreshToken,
        team: { id: 'T1', name: 'boats' },
      }),
      dead: { status: 200, body: { ok: false, error: 'invalid_refresh_token' } },
      refused: { status: 200, body: { ok: false, error: 'token_expired' } },
    },
    options: {
      clientAuthentication: 'client_secret_post',
      scopes: ['chat:write', 'users:read'],
      scopeSeparator: ',',
      normalize: deadWhen(({ error }) => error === 'invalid_refresh_token'),
      refuses: async ({ json }) => asRecord(await json()).error === 'token_expired',
    },
    details: { team: { id: 'T1', name: 'boats' } },
  },
  {
    vendor: 'github',
    documentation:
      'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 28_800,
        refresh_token: refreshToken,
        refresh_token_expires_in: 15_897_600,
        scope: '',
        token_type: 'bearer',
      }),
      dead: { status: 200, body: { error: 'bad_refresh_token', error_description: 'incorrect or expired' } },
    },
    options: {
      clientAuthentication: 'client_secret_post',
      normalize: deadWhen(({ error }) => error === 'bad_refresh_token'),
    },
  },
  {
    vendor: 'notion',
    documentation: 'https://developers.notion.com/docs/authorization',
    rules: {
      client: 'basic',
      encoding: 'json',
      grantTypes: BOTH,
      rotates: true,
      authorization: { owner: 'user' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: 'bearer',
        bot_id: 'bot-1',
        workspace_id: 'workspace-1',
      }),
      dead: INVALID_GRANT,
    },
    options: { encoding: 'json', authorizationParameters: { owner: 'user' } },
    details: { workspace_id: 'workspace-1' },
  },
  {
    vendor: 'shopify',
    documentation:
      'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      authorization: { scope: 'read_orders,write_products' },
      callback: { shop: 'boats.myshopify.com', hmac: 'f00', timestamp: '1790000000' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        scope: 'read_orders,write_products',
        expires_in: 3600,
        refresh_token: refreshToken,
        refresh_token_expires_in: 7_776_000,
      }),
      required: { expiring: '1' },
      dead: INVALID_GRANT,
      tokenOf: ({ headers }) => String(headers['x-shopify-access-token']),
    },
    options: {
      clientAuthentication: 'client_secret_post',
      scopes: ['read_orders', 'write_products'],
      scopeSeparator: ',',
      pkce: false,
      tokenParameters: { expiring: '1' },
      place: ({ accessToken }) => ({ headers: { 'x-shopify-access-token': accessToken } }),
      carries: { headers: ['x-shopify-access-token'], query: [] },
    },
    details: { shop: 'boats.myshopify.com' },
  },
  {
    vendor: 'salesforce',
    documentation: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: false,
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        ...(!refreshed && { refresh_token: refreshToken }),
        instance_url: 'https://boats.my.salesforce.com',
        id: 'https://login.salesforce.com/id/00D/005',
        token_type: 'Bearer',
        issued_at: '1790000000000',
        signature: 'c2ln',
      }),
      dead: { status: 400, body: { error: 'invalid_grant', error_description: 'expired access/refresh token' } },
      refused: { status: 401, body: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] },
    },
    options: { clientAuthentication: 'client_secret_post' },
    details: { instance_url: 'https://boats.my.salesforce.com' },
  },
  {
    vendor: 'zoom',
    documentation: 'https://developers.zoom.us/docs/integrations/oauth/',
    rules: {
      client: 'basic',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        refresh_token: refreshToken,
        expires_in: 3599,
        scope: 'user:read:user',
        api_url: 'https://api.zoom.us',
      }),
      dead: { status: 400, body: { reason: 'Invalid Token!', error: 'invalid_grant' } },
    },
    options: {},
    details: { api_url: 'https://api.zoom.us' },
  },
  {
    vendor: 'xero',
    documentation: 'https://developer.xero.com/documentation/guides/oauth2/auth-flow',
    rules: {
      client: 'basic',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      authorization: { scope: 'openid offline_access accounting.transactions' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 1800,
        token_type: 'Bearer',
        refresh_token: refreshToken,
        scope: 'openid offline_access accounting.transactions',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    options: { scopes: ['openid', 'offline_access', 'accounting.transactions'] },
  },
  {
    vendor: 'hubspot',
    documentation: 'https://developers.hubspot.com/docs/api-reference/auth-oauth-v1/guide',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: false,
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'bearer',
        refresh_token: refreshToken,
        access_token: accessToken,
        expires_in: 1800,
      }),
      dead: {
        status: 400,
        body: { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token', correlationId: '1' },
      },
    },
    options: {
      clientAuthentication: 'client_secret_post',
      normalize: deadWhen(({ status }) => status === 'BAD_REFRESH_TOKEN'),
    },
  },
  {
    vendor: 'quickbooks',
    documentation:
      'https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0',
    rules: {
      client: 'basic',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      callback: { realmId: '4620816365' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
        x_refresh_token_expires_in: 8_726_400,
        access_token: accessToken,
      }),
      dead: INVALID_GRANT,
    },
    options: { scopes: ['com.intuit.quickbooks.accounting'] },
    details: { realmId: '4620816365' },
  },
  {
    vendor: 'strava',
    documentation: 'https://developers.strava.com/docs/authentication/',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      authorization: { scope: 'read,activity:read', approval_prompt: 'auto' },
      callback: { scope: 'read,activity:read' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        token_type: 'Bearer',
        expires_at: Math.floor(Date.now() / 1000) + 21_600,
        expires_in: 21_600,
        refresh_token: refreshToken,
        access_token: accessToken,
        ...(!refreshed && { athlete: { id: 227_615 } }),
      }),
      dead: {
        status: 400,
        body: {
          message: 'Bad Request',
          errors: [{ resource: 'RefreshToken', field: 'refresh_token', code: 'invalid' }],
        },
      },
    },
    options: {
      clientAuthentication: 'client_secret_post',
      scopes: ['read', 'activity:read'],
      scopeSeparator: ',',
      authorizationParameters: { approval_prompt: 'auto' },
      normalize: deadWhen(({ errors }) => Array.isArray(errors) && asRecord(errors[0]).resource === 'RefreshToken'),
    },
    details: { athlete: { id: 227_615 } },
  },
  {
    vendor: 'spotify',
    documentation: 'https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens',
    rules: {
      client: 'basic',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: false,
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        token_type: 'Bearer',
        scope: 'user-read-email',
        expires_in: 3600,
        ...(!refreshed && { refresh_token: refreshToken }),
      }),
      dead: { status: 400, body: { error: 'invalid_grant', error_description: 'Refresh token revoked' } },
      refused: { status: 401, body: { error: { status: 401, message: 'The access token expired' } } },
    },
    options: { scopes: ['user-read-email'] },
  },
  {
    vendor: 'withings',
    documentation: 'https://developer.withings.com/api-reference/',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      required: { action: 'requesttoken' },
      authorization: { scope: 'user.info,user.metrics' },
      answer: ({ accessToken, refreshToken }) => ({
        status: 0,
        body: {
          userid: '363',
          access_token: accessToken,
          refresh_token: refreshToken,
          expires_in: 10_800,
          scope: 'user.info,user.metrics',
          csrf_token: 'csrf',
          token_type: 'Bearer',
        },
      }),
      dead: { status: 200, body: { status: 503, body: {}, error: 'Invalid Params: invalid refresh_token' } },
      refused: { status: 200, body: { status: 401, body: {}, error: 'XRequestID: Not provided invalid_token' } },
    },
    options: {
      clientAuthentication: 'client_secret_post',
      scopes: ['user.info', 'user.metrics'],
      scopeSeparator: ',',
      tokenParameters: { action: 'requesttoken' },
      normalize: ({ grantType, status, body }) => {
        const { status: code, body: tokens, error } = asRecord(body)
        if (code === 0) return { status, body: asRecord(tokens) }
        const isDead = grantType === 'refresh_token' && String(error).includes('refresh_token')
        return { status: 400, body: isDead ? { error: 'invalid_grant' } : {} }
      },
      refuses: async ({ json }) => asRecord(await json()).status === 401,
    },
    details: { userid: '363' },
  },
  {
    vendor: 'amazon-sp-api',
    documentation: 'https://developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: false,
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 3600,
        refresh_token: refreshToken,
      }),
      dead: {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'The request has an invalid grant parameter' },
      },
      tokenOf: ({ headers }) => String(headers['x-amz-access-token']),
      refused: {
        status: 403,
        body: { errors: [{ code: 'Unauthorized', message: 'Access to requested resource is denied.' }] },
      },
    },
    options: {
      clientAuthentication: 'client_secret_post',
      place: ({ accessToken }) => ({ headers: { 'x-amz-access-token': accessToken } }),
      carries: { headers: ['x-amz-access-token'], query: [] },
      refuses: ({ status }) => status === 403,
    },
    isImported: true,
  },
  {
    vendor: 'ebay',
    documentation: 'https://developer.ebay.com/api-docs/static/oauth-authorization-code-grant.html',
    rules: {
      client: 'basic',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: false,
      authorization: { redirect_uri: 'Boats_Inc-BoatsInc-boats-abcdefg' },
      answer: ({ accessToken, refreshToken }, refreshed) => ({
        access_token: accessToken,
        expires_in: 7200,
        ...(!refreshed && { refresh_token: refreshToken, refresh_token_expires_in: 47_304_000 }),
        token_type: 'User Access Token',
      }),
      dead: {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'the provided refresh token is invalid' },
      },
    },
    options: { redirectUri: 'Boats_Inc-BoatsInc-boats-abcdefg' },
  },
  {
    vendor: 'twitch',
    documentation: 'https://dev.twitch.tv/docs/authentication/refresh-tokens',
    rules: {
      client: 'body',
      encoding: 'form',
      grantTypes: BOTH,
      rotates: true,
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        expires_in: 14_124,
        refresh_token: refreshToken,
        scope: ['channel:read:subscriptions'],
        token_type: 'bearer',
      }),
      dead: { status: 400, body: { error: 'Bad Request', status: 400, message: 'Invalid refresh token' } },
      tokenOf: ({ headers }) =>
        headers['client-id'] === 'client-1' ? headers.authorization?.replace('Bearer ', '') : undefined,
    },
    options: {
      clientAuthentication: 'client_secret_post',
      scopes: ['channel:read:subscriptions'],
      place: ({ accessToken }) => ({ headers: { authorization: `Bearer ${accessToken}`, 'client-id': 'client-1' } }),
      carries: { headers: ['authorization', 'client-id'], query: [] },
      normalize: deadWhen(({ message }) => message === 'Invalid refresh token'),
    },
  },
  {
    vendor: 'atlassian',
    documentation: 'https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/',
    rules: {
      client: 'body',
      encoding: 'json',
      grantTypes: BOTH,
      rotates: true,
      authorization: { audience: 'api.atlassian.com', prompt: 'consent' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        refresh_token: refreshToken,
        expires_in: 3600,
        scope: 'read:jira-work offline_access',
      }),
      dead: {
        status: 403,
        body: { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
      },
    },
    options: {
      clientAuthentication: 'client_secret_post',
      encoding: 'json',
      scopes: ['read:jira-work', 'offline_access'],
      authorizationParameters: { audience: 'api.atlassian.com', prompt: 'consent' },
    },
  },
]
