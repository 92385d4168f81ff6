import {
  defineVendor,
  password as forUser,
  deviceCode as onDevice,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'gitlab',
  title: 'GitLab',
  documentation: {
    'https://docs.gitlab.com/api/oauth2/': '2026-11-29',
    'https://docs.gitlab.com/integration/oauth_provider/': '2026-11-29',
  },
  placeholders: {
    host: { is: 'host', about: 'the host of the GitLab server, such as "gitlab.example.com"', default: 'gitlab.com' },
    path: { is: 'path', about: 'the path of the GitLab server, such as "/gitlab"', default: '' },
  },
  secret: 'optional',
  origins: ['https://{host}'],
  authorizationUrl: '{path}/oauth/authorize',
  tokenUrl: '{path}/oauth/token',
  revocationUrl: '{path}/oauth/revoke',
  deviceAuthorizationUrl: '{path}/oauth/authorize_device',
  lifetimes: { accessToken: 7200, rotates: true },
})

/** Tokens of users who sign in. An application that is not marked as confidential has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens that people give to a program without a browser, from GitLab 17.3 on. */
export const deviceCode = /* @__PURE__ */ vendor(onDevice)

/** Tokens for a user name and password, of users without two-factor authentication. GitLab advises against it. */
export const password = /* @__PURE__ */ vendor(forUser)
