import * as mercadoLibre from '../../src/mercado-libre.ts'
import type { Row } from '../row.ts'

export const row: Row = {
  module: mercadoLibre,
  options: { authorizationHost: 'auth.mercadolibre.com.ar' },
  endpoints: {
    authorize: 'https://auth.mercadolibre.com.ar/authorization',
    token: 'https://api.mercadolibre.com/oauth/token',
    api: ['https://api.mercadolibre.com'],
  },
  grants: {
    authorizationCode: {
      client: 'body',
      refresh: 'rotates',
      answer: ({ accessToken, refreshToken }) => ({
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: 21_600,
        scope: 'offline_access read write',
        user_id: 1_234_567,
        refresh_token: refreshToken,
      }),
      dead: {
        status: 400,
        body: {
          error_description:
            'Error validating grant. Your authorization code or refresh token may be expired or it was already used',
          error: 'invalid_grant',
          status: 400,
          cause: [],
        },
      },
    },
  },
  details: { user_id: 1_234_567 },
  register: 'https://developers.mercadolibre.com.ar/devcenter',
  traps: [
    'Only the main account of a seller can give its consent: for an operator or collaborator it is the error "invalid_operator_user_id".',
    'Tokens end early when the person changes the password, when the secret of the application is renewed, and after 4 months without a call.',
    'PKCE counts only when it is switched on in the settings of the application.',
  ],
  notFound: ['a revocation endpoint as in RFC 7009', 'how the API answers to an expired access token'],
}
