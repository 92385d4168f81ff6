import {
  jwtBearer as byAssertion,
  defineVendor,
  clientCredentials as forProgram,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

const data = {
  name: 'salesforce',
  title: 'Salesforce',
  documentation: {
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm': '2026-11-29',
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm': '2026-11-29',
    'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm': '2026-11-29',
    'https://help.salesforce.com/apex/HTViewHelpDoc?id=remoteaccess_oauth_refresh_token_flow.htm': '2026-11-29',
    'https://developer.salesforce.com/docs/platform/mobile-sdk/guide/oauth-revoking-tokens.html': '2026-11-29',
    'https://github.com/forcedotcom/sfdx-core': '2026-11-29',
  },
  placeholders: {
    host: {
      is: 'host',
      about: 'the My Domain host of the org, such as boats.my.salesforce.com or boats--dev.sandbox.my.salesforce.com',
    },
  },
  origins: ['https://{host}'],
  authorizationUrl: 'https://{host}/services/oauth2/authorize',
  tokenUrl: 'https://{host}/services/oauth2/token',
  revocationUrl: 'https://{host}/services/oauth2/revoke',
} as const

export const vendor = /* @__PURE__ */ defineVendor({ ...data, clientAuthentication: 'client_secret_post' })

/** Tokens of users who sign in. A refresh token needs the scope `refresh_token`, which the app has to allow. The secret may be left out where the app does not require it. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn, { secret: 'optional' })

/** Tokens for the program itself. The flow has to be on in the app, with a user that it runs as. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

const withoutSecret = /* @__PURE__ */ defineVendor({ ...data, secret: 'none' })

/** Tokens for a user who is named in a signed assertion. The app has to know the certificate, and the user the app. */
export const jwtBearer = /* @__PURE__ */ withoutSecret(byAssertion)
