import * as yandex from '../../src/yandex.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: yandex,
  options: { scopes: ['login:info'] },
  endpoints: {
    authorize: 'https://oauth.yandex.com/authorize',
    token: 'https://oauth.yandex.com/token',
    api: ['https://login.yandex.ru', 'https://cloud-api.yandex.net'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      authorization: { scope: 'login:info' },
      answer: ({ accessToken, refreshToken }) => ({
        token_type: 'bearer',
        access_token: accessToken,
        expires_in: 31_536_000,
        refresh_token: refreshToken,
        scope: 'login:info',
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
      tokenOf: ({ headers }) => /^OAuth (.+)$/.exec(headers.authorization ?? '')?.[1],
    },
  },
  register: 'https://oauth.yandex.com/client/new/id',
  traps: [
    'The token goes as `Authorization: OAuth`, not `Bearer`. Another API that takes it so is named by `baseUrl`.',
    'The device flow of Yandex has a proprietary grant type and parameters, so there is no device grant here.',
  ],
  notFound: [
    'lifetime of tokens: it depends on the permissions',
    'body of the answer to a dead refresh token',
    'whether the refresh token that was used ends',
    'an RFC 7009 revocation endpoint',
  ],
}
