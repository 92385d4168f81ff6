import { defineVendor, authorizationCode as signIn } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'synology',
  title: 'Synology SSO Server',
  documentation: {
    'https://kb.synology.com/en-global/DSM/help/SSOServer/sso_server_service?version=7': '2026-11-29',
    'https://kb.synology.com/en-global/DSM/help/SSOServer/sso_server_application_list?version=7': '2026-11-29',
  },
  placeholders: { host: { is: 'host', about: 'the host in the server URL of the SSO Server' } },
  origins: ['https://{host}'],
  authorizationUrl: 'https://{host}/webman/sso/SSOOauth.cgi',
  tokenUrl: 'https://{host}/webman/sso/SSOAccessToken.cgi',
  scopes: ['openid'],
  lifetimes: { refreshToken: 'none' },
})

/** Tokens of users who sign in at a Synology NAS. The OIDC server has to be enabled in its package SSO Server. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)
