import { inspect } from 'node:util'
import type { SignInCredential } from '@valetkey/oauth2'
import { type VendorUnderTest, vendorContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import type { BluesondeSignInOptions } from '../src/index.ts'
import * as bluesonde from '../src/index.ts'

const BLUESONDE = {
  vendor: 'bluesonde',
  origins: ['https://api.example.com'],
  inspect: (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
}

const API_KEY: VendorUnderTest = {
  ...BLUESONDE,
  create: bluesonde.apiKey,
  options: { apiKey: 'sk_live_canary00000000789', baseUrl: 'https://api.example.com' },
  secrets: ['apiKey'],
}

const PUBLIC_CLIENT: VendorUnderTest = {
  ...BLUESONDE,
  create: bluesonde.authorizationCode,
  options: {
    clientId: 'buoy-charts',
    redirectUri: 'https://charts.example.com/callback',
    baseUrl: 'https://api.example.com',
  },
  secrets: [],
  urls: ['baseUrl', 'tokenUrl', 'authorizationUrl'],
  identity: ['clientId'],
  tokenAnswer: (access_token) => ({
    access_token,
    token_type: 'bearer',
    expires_in: 3600,
    refresh_token: 'canary-refresh',
  }),
  async signIn(credential: SignInCredential) {
    const { signIn } = await credential.beginSignIn()
    await credential.completeSignIn(`/callback?code=canary-code&state=${signIn.state}`, signIn)
  },
}

const CONFIDENTIAL_CLIENT: VendorUnderTest = {
  ...PUBLIC_CLIENT,
  // Without a secret there would be another kind of client, not an error.
  create: (options?: BluesondeSignInOptions) =>
    Reflect.apply(bluesonde.authorizationCode, undefined, [{ ...options, clientSecret: options?.clientSecret ?? '' }]),
  options: { ...PUBLIC_CLIENT.options, clientSecret: 'canary-client-secret' },
  secrets: ['clientSecret'],
}

describe('by API key', () => {
  vendorContract({ describe, test }, API_KEY)
})

describe('by authorization code, without a secret', () => {
  vendorContract({ describe, test }, PUBLIC_CLIENT)
})

describe('by authorization code, with a secret', () => {
  vendorContract({ describe, test }, CONFIDENTIAL_CLIENT)
})
