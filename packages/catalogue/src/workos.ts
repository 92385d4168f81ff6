import {
  defineVendor,
  clientCredentials as forProgram,
  deviceCode as onDevice,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

const data = {
  name: 'workos',
  title: 'WorkOS Connect',
  documentation: {
    'https://workos.com/docs/reference/workos-connect/metadata': '2026-11-29',
    'https://workos.com/docs/reference/workos-connect/token': '2026-11-29',
    'https://workos.com/docs/reference/workos-connect/cli-auth/authorize-device': '2026-11-29',
    'https://workos.com/docs/authkit/connect/m2m': '2026-11-29',
    'https://workos.com/docs/reference/workos-connect/authorize': '2026-11-29',
  },
  placeholders: { domain: { is: 'host', about: "the AuthKit domain of the environment, e.g. 'boats.authkit.app'" } },
  origins: ['https://{domain}'],
  tokenUrl: 'https://{domain}/oauth2/token',
  clientAuthentication: 'client_secret_post',
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  authorizationUrl: 'https://{domain}/oauth2/authorize',
  deviceAuthorizationUrl: 'https://{domain}/oauth2/device_authorization',
  scopes: ['openid', 'offline_access'],
})

/**
 * Tokens of users who sign in to an OAuth application of Connect. `baseUrl` names the API that takes them, where
 * it is another host than the AuthKit domain.
 */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

const device = /* @__PURE__ */ defineVendor({ ...vendor.data, secret: 'none', clientAuthentication: 'none' })

/** Tokens that people give with a code that a command-line program shows. */
export const deviceCode = /* @__PURE__ */ device(onDevice)

const machine = /* @__PURE__ */ defineVendor(data)

/** Tokens for the program itself, of an M2M application of Connect; they name its organization. */
export const clientCredentials = /* @__PURE__ */ machine(forProgram)
