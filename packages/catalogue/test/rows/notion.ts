import * as notion from '../../src/notion.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: notion,
  endpoints: {
    authorize: 'https://api.notion.com/v1/oauth/authorize',
    token: 'https://api.notion.com/v1/oauth/token',
    api: ['https://api.notion.com'],
  },
  grants: {
    authorizationCode: {
      client: 'basic',
      encoding: 'json',
      headers: { 'Notion-Version': '2025-09-03' },
      refresh: 'rotates',
      authorization: { owner: 'user' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        refresh_token: refreshToken,
        bot_id: 'bot-1',
        workspace_icon: null,
        workspace_name: 'Boats',
        workspace_id: 'workspace-1',
        owner: { type: 'user', user: { object: 'user', id: 'user-1' } },
        duplicated_template_id: null,
        request_id: 'request-1',
      }),
      dead: { status: 400, body: { object: 'error', status: 400, code: 'invalid_grant', message: 'Invalid grant' } },
      refused: {
        status: 401,
        body: { object: 'error', status: 401, code: 'unauthorized', message: 'API token is invalid.' },
      },
    },
  },
  details: { workspace_id: 'workspace-1' },
  register: 'https://www.notion.so/developers/connections',
  traps: [
    'Each request to the API needs the header Notion-Version, which the program sets.',
    'The answer names no lifetime: the token is renewed when the API refuses it, not before.',
    'The revocation endpoint is documented with a JSON body only, so a sign-out here does not end the token at Notion.',
  ],
  notFound: [
    'lifetime of an access token',
    'lifetime of a refresh token',
    'whether a refresh token that was used ends',
    'whether PKCE is looked at',
  ],
}
