import { inspect } from 'node:util'
import { vendorContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import { bluesonde } from '../src/index.ts'

vendorContract(
  { describe, test },
  {
    packageName: '@valetkey/bluesonde',
    create: bluesonde.apiKey,
    options: { apiKey: 'sk_live_canary00000000789', baseUrl: 'https://api.example.com' },
    secrets: ['apiKey'],
    origins: ['https://api.example.com'],
    inspect: (value) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
  },
)
