import * as mercadoPago from '../../src/mercado-pago.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: mercadoPago,
  endpoints: {
    authorize: 'https://auth.mercadopago.com/authorization',
    token: 'https://api.mercadopago.com/oauth/token',
    api: ['https://api.mercadopago.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      encoding: 'json',
      refresh: 'rotates',
      authorization: { platform_id: 'mp' },
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 15_552_000,
        scope: 'read write offline_access',
        user_id: 123_456,
        refresh_token: refreshToken,
        public_key: 'public-key-1',
        live_mode: true,
      }),
      dead: { status: 400, body: { error: 'invalid_grant' } },
    },
    clientCredentials: {
      client: 'body',
      encoding: 'json',
      refresh: 'never',
      answer: ({ accessToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 21_600,
        scope: 'read write',
        user_id: 123_456,
        live_mode: true,
      }),
    },
  },
  details: { user_id: 123_456 },
  traps: [
    'A refresh token comes only when the application has the scope "offline_access" and the seller has agreed to it.',
  ],
  notFound: [
    'lifetime of a token for the application itself',
    'lifetime of a refresh token',
    'whether a refresh token that was used ends',
    'a revocation endpoint',
  ],
}
