import {
  asRecord,
  defineVendor,
  clientCredentials as forProgram,
  deviceCode as onDevice,
  authorizationCode as signIn,
} from '@valetkey/oauth2'

export const vendor = /* @__PURE__ */ defineVendor({
  name: 'microsoft',
  title: 'Microsoft Entra ID',
  documentation: {
    'https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow': '2026-11-29',
    'https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens': '2026-11-29',
    'https://github.com/AzureAD/microsoft-authentication-library-for-js/blob/dev/lib/msal-common/src/error/InteractionRequiredAuthError.ts':
      '2026-11-29',
  },
  placeholders: {
    tenant: { is: 'segment', about: 'the id or domain of the tenant, or common, organizations or consumers' },
  },
  secret: 'optional',
  // The API is the program's own.
  adjustable: ['origins'],
  origins: ['https://graph.microsoft.com'],
  authorizationUrl: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize',
  tokenUrl: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token',
  deviceAuthorizationUrl: 'https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode',
  lifetimes: { refreshToken: 7_776_000, rotates: false },
  normalize: ({ grantType, status, body }) => {
    const answer = asRecord(body)
    const needsPerson = /^((interaction|consent|login)_required|bad_token)$/.test(String(answer.error))
    const isOver = grantType === 'refresh_token' && needsPerson
    return { status, body: isOver ? { ...answer, error: 'invalid_grant' } : answer }
  },
})

/** Tokens of users who sign in. A native or single-page app is a public client and has no secret. */
export const authorizationCode = /* @__PURE__ */ vendor(signIn)

/** Tokens of users who sign in on another device. "Allow public client flows" has to be on in the app registration. */
export const deviceCode = /* @__PURE__ */ vendor(onDevice)

/** Tokens for the program itself, in one tenant whose administrator has agreed; with a secret or a certificate's key. */
export const clientCredentials = /* @__PURE__ */ vendor(forProgram)
