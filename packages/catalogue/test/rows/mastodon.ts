import * as mastodon from '../../src/mastodon.ts'
import type { Row } from '../row.ts'

const answer = ({ accessToken }: { readonly accessToken: string }) => ({
  access_token: accessToken,
  token_type: 'Bearer',
  scope: 'read write',
  created_at: 1_790_000_000,
})
const refused = { status: 401, body: { error: 'The access token is invalid' } }

export const row: Row = {
  module: mastodon,
  options: { instance: 'social.example', scopes: ['read', 'write'] },
  endpoints: {
    authorize: 'https://social.example/oauth/authorize',
    token: 'https://social.example/oauth/token',
    revoke: 'https://social.example/oauth/revoke',
    api: ['https://social.example'],
  },
  grants: {
    authorizationCode: { client: 'body', refresh: 'never', authorization: { scope: 'read write' }, answer, refused },
    clientCredentials: { client: 'body', refresh: 'never', required: { scope: 'read write' }, answer, refused },
  },
  register: 'https://docs.joinmastodon.org/methods/apps/#create',
  traps: [
    'Only scopes that were named when the application was registered can be asked for; without any it is "read".',
    'Servers before 4.3.0 do not know PKCE: their codes are not bound to the sign-in.',
  ],
  notFound: ['lifetime of an access token'],
}
