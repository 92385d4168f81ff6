import { inspect } from 'node:util'
import { vendorContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import * as m2m from '../src/index.ts'

vendorContract(
  { describe, test },
  {
    vendor: 'm2m',
    create: m2m.clientCredentials,
    options: {
      baseUrl: 'https://api.example.com',
      clientId: 'harbour-office',
      clientSecret: 'canary-client-secret',
    },
    secrets: ['clientSecret'],
    origins: ['https://api.example.com'],
    identity: ['clientId'],
    tokenAnswer: (accessToken) => ({ access_token: accessToken, token_type: 'Bearer', expires_in: 3600 }),
    inspect: (value) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
  },
)
