import { inspect } from 'node:util'
import { vendorContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import { airthings } from '../src/index.ts'

vendorContract(
  { describe, test },
  {
    packageName: '@valetkey/airthings',
    create: airthings.clientCredentials,
    options: { clientId: 'b8a19a7d-0000-4000-8000-3ffacc726fe3', clientSecret: 'canary-client-secret' },
    secrets: ['clientSecret'],
    origins: ['https://consumer-api.airthings.com'],
    identity: ['clientId'],
    tokenAnswer: (accessToken) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 10_800 }),
    inspect: (value) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
  },
)
