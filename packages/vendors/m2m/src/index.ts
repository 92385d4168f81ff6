import { asRecord, defineVendor, clientCredentials as forProgram } from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'm2m',
  title: 'Machine to machine',
  // The documentation that it follows names neither vendor nor host.
  documentation: {},
  required: ['baseUrl'],
  placeholders: {
    /** Path of the token endpoint, on the host of `baseUrl`. */
    tokenPath: { is: 'path', about: 'a path that begins with "/"', default: '/oauth/v2/token' },
  },
  tokenUrl: '{tokenPath}',
  // As documented; RFC 6749 form-encodes id and secret. Letters, digits and `*-._` are the same in both.
  basicEncoding: 'plain',
  adjustable: ['basicEncoding'],
  scopeFormat: 'omit',
  lifetimes: { accessToken: 3600, refreshToken: 'none' },
  // A wrong client is a 401. Its body is not documented: any 401 counts.
  normalize({ status, body }) {
    const standard = asRecord(body)
    if (status !== 401) return { status, body: standard }
    const { error_description: description = standard.message ?? body } = standard
    return { status, body: { error: 'invalid_client', error_description: description } }
  },
})

/**
 * Tokens for the program itself. You choose the client id; the secret is from the "API Token" field, or from the connectivity
 * team. A token endpoint on another host is `tokenUrl`.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

export type M2mOptions = Parameters<typeof clientCredentials>[0]
