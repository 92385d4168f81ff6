import { asRecord, defineVendor, clientCredentials as forProgram } from '@valetkey/oauth2'

/** What Kestrel's documentation says. */
export const vendor = /* @__PURE__ */ defineVendor({
  name: 'kestrel',
  title: 'Kestrel',
  documentation: { 'https://docs.kestrel.example/authentication': '2026-11-29' },
  origins: ['https://api.kestrel.example'],
  tokenUrl: 'https://login.kestrel.example/token',
  encoding: 'json',
  clientAuthentication: 'client_secret_post',
  scopeFormat: 'omit',
  retryAfterHeaders: ['x-kestrel-reset'],
  lifetimes: { accessToken: 3600, refreshToken: 'none' },
  // `{ token, ttl }`, or `{ problem: 'bad-client' }` with status 200.
  normalize({ status, body }) {
    const { token, ttl, problem } = asRecord(body)
    if (problem === 'bad-client') return { status, body: { error: 'invalid_client' } }
    return { status, body: { access_token: token, token_type: 'Bearer', expires_in: ttl } }
  },
  place: ({ accessToken }) => ({ headers: { 'x-kestrel-token': accessToken } }),
  carries: { headers: ['x-kestrel-token'], query: [] },
})

/**
 * Tokens for the program itself.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)

export type KestrelOptions = Parameters<typeof clientCredentials>[0]
