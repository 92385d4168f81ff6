import { createApiKeyCredential } from '@valetkey/core'
import { defineVendor, password as signIn } from '@valetkey/oauth2'
import { normalize, refuses } from './refusals.ts'

const data = {
  name: 'flowlu',
  title: 'Flowlu',
  documentation: { 'https://www.flowlu.com/api/': '2026-11-29', 'https://www.flowlu.com/api/auth/': '2026-11-29' },
  origins: ['https://{company}.flowlu.com'],
  placeholders: {
    /** The first part of your account's address: `'acme'` for https://acme.flowlu.com. */
    company: {
      is: 'label',
      about: `the part before ".flowlu.com" in your account's address`,
      // It answers 404, which can be mistaken for a wrong key.
      except: ['www'],
    },
  },
  refuses,
} as const

export const vendor = /* @__PURE__ */ defineVendor({
  ...data,
  // Flowlu does not publish its token endpoint. It is not on the company's host.
  required: ['tokenUrl'],
  secret: 'none',
  clientAuthentication: 'none',
  scopeFormat: 'omit',
  variants: {
    /** How the token is sent: as the password of the user `bearer`, or as a Bearer token, as newer pages say. */
    placement: {
      basic: { place: ({ accessToken }) => ({ headers: { authorization: `Basic ${btoa(`bearer:${accessToken}`)}` } }) },
      bearer: {},
    },
  },
  normalize,
})

/**
 * The account's API key, from "API" in the account's settings, as the query parameter `api_key` of every request. A key that the
 * API refuses is not sent again: the event `refused` has `api_key_refused`, unless `apiKey` is a function that now returns
 * another key.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const apiKey = /* @__PURE__ */ defineVendor(data)(createApiKeyCredential, {
  place: (key: string) => ({ query: { api_key: key } }),
})

/**
 * An administrator's token. Flowlu does not state its lifetime: it is used until the API refuses it, then replaced.
 * `clientId` is a name that you choose for the program, e.g. `'android_app_v1'`.
 *
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export const password = /* @__PURE__ */ vendor(signIn)

export type FlowluApiKeyOptions = Parameters<typeof apiKey>[0]
export type FlowluPasswordOptions = Parameters<typeof password>[0]
