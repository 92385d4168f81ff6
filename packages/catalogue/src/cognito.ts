import { defineVendor, clientCredentials as forProgram, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'cognito',
  title: 'Amazon Cognito user pools',
  documentation: {
    'https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html': '2026-11-29',
    'https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html': '2026-11-29',
    'https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html': '2026-11-29',
    'https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html':
      '2026-11-29',
  },
  placeholders: {
    domain: {
      is: 'host',
      about: "the user pool's domain, such as boats.auth.eu-west-1.amazoncognito.com, or its custom domain",
    },
  },
  origins: ['https://{domain}'],
  authorizationUrl: 'https://{domain}/oauth2/authorize',
  tokenUrl: 'https://{domain}/oauth2/token',
  revocationUrl: 'https://{domain}/oauth2/revoke',
  secret: 'optional',
  // The API is the program's own.
  adjustable: ['origins'],
})

/** Tokens of users who sign in. The user pool needs a domain, and the app client the grant "Authorization code". */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens for the program itself, with the scopes of a resource server. The app client needs a secret and the grant "Client credentials". */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
