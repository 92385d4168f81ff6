import * as box from '../../src/box.ts'
import type { Pair } from '../imitation.ts'
import type { Row } from '../row.ts'

const single = ({ accessToken }: Pair) => ({
  access_token: accessToken,
  expires_in: 3600,
  restricted_to: [],
  token_type: 'bearer',
})

export const row: Row = {
  module: box,
  endpoints: {
    authorize: 'https://account.box.com/api/oauth2/authorize',
    token: 'https://api.box.com/oauth2/token',
    revoke: 'https://api.box.com/oauth2/revoke',
    api: ['https://api.box.com', 'https://upload.box.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      answer: (pair) => ({ ...single(pair), refresh_token: pair.refreshToken }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    jwtBearer: {
      client: 'body',
      grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      options: { assertion: 'e30.e30.c2ln' },
      required: { assertion: 'e30.e30.c2ln' },
      refresh: 'never',
      answer: single,
    },
    clientCredentials: {
      client: 'body',
      options: { subjectId: '123456' },
      required: { box_subject_type: 'enterprise', box_subject_id: '123456' },
      refresh: 'never',
      answer: single,
    },
  },
  register: 'https://app.box.com/developers/console',
  traps: [
    'An authorization code ends after 30 seconds.',
    'A JWT may last 60 seconds at most: give `lifetimeSeconds: 60`, the claim `box_sub_type`, and the key decrypted.',
    'After a change of its settings an administrator has to authorize a server app again; until then it gets `invalid_grant`.',
    'With Box Verified Enterprise the sign-in is at `https://ent.box.com/api/oauth2/authorize`: give it as `authorizationUrl`.',
  ],
  notFound: ['body of the answer to a dead refresh token', 'whether PKCE is checked'],
}
