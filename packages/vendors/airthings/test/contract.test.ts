import { inspect } from 'node:util'
import type { SignInCredential } from '@valetkey/oauth2'
import { type VendorUnderTest, vendorContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import * as airthings from '../src/index.ts'

const AIRTHINGS = {
  vendor: 'airthings',
  options: { clientId: 'b8a19a7d-0000-4000-8000-3ffacc726fe3', clientSecret: 'canary-client-secret' },
  secrets: ['clientSecret'],
  origins: ['https://consumer-api.airthings.com'],
  identity: ['clientId'],
  inspect: (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
}

const tokens = (access_token: string) => ({ access_token, token_type: 'Bearer', expires_in: 10_800 })

const CLIENT_CREDENTIALS: VendorUnderTest = {
  ...AIRTHINGS,
  create: airthings.clientCredentials,
  tokenAnswer: tokens,
}

const AUTHORIZATION_CODE: VendorUnderTest = {
  ...AIRTHINGS,
  create: airthings.authorizationCode,
  options: { ...AIRTHINGS.options, redirectUri: 'https://air.example.com/callback' },
  urls: ['baseUrl', 'tokenUrl', 'authorizationUrl'],
  tokenAnswer: (accessToken) => ({ ...tokens(accessToken), refresh_token: 'canary-refresh' }),
  async signIn(credential: SignInCredential) {
    const { signIn } = await credential.beginSignIn()
    await credential.completeSignIn(`/callback?code=canary-code&state=${signIn.state}`, signIn)
  },
}

describe('by client credentials', () => {
  vendorContract({ describe, test }, CLIENT_CREDENTIALS)
})

describe('by authorization code', () => {
  vendorContract({ describe, test }, AUTHORIZATION_CODE)
})
