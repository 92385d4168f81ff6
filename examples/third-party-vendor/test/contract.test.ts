import { inspect } from 'node:util'
import { vendorContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import * as kestrel from '../src/index.ts'
import { OWNER } from './support/simulator.ts'

vendorContract(
  { describe, test },
  {
    vendor: 'kestrel',
    create: kestrel.clientCredentials,
    options: OWNER,
    secrets: ['clientSecret'],
    origins: ['https://api.kestrel.example'],
    identity: ['clientId'],
    tokenAnswer: (accessToken) => ({ token: accessToken, ttl: 3600 }),
    inspect: (value) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
  },
)
