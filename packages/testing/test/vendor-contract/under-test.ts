import { inspect } from 'node:util'
import type { VendorUnderTest } from '../../src/index.ts'
import { acme, acmeKey, GOOD } from './acme.ts'

const ACME = {
  vendor: 'acme',
  origins: ['https://api.acme.example'],
  inspect: (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
}

export const TOKENS: VendorUnderTest = {
  ...ACME,
  create: acme(GOOD),
  options: { clientId: 'boat-app', clientSecret: 'canary-client-secret' },
  secrets: ['clientSecret'],
  identity: ['clientId'],
  tokenAnswer: (access_token) => ({ access_token }),
}

export const KEY: VendorUnderTest = {
  ...ACME,
  create: acmeKey,
  options: { apiKey: 'canary-api-key' },
  secrets: ['apiKey'],
}
