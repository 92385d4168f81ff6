import { inspect } from 'node:util'
import { vendorContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import * as flume from '../src/index.ts'

vendorContract(
  { describe, test },
  {
    vendor: 'flume',
    create: flume.password,
    options: {
      clientId: 'client-4711',
      clientSecret: 'canary-client-secret',
      username: 'owner@example.com',
      password: 'canary-password',
    },
    secrets: ['clientSecret', 'password'],
    origins: ['https://api.flumewater.com', 'https://api.flumetech.com'],
    identity: ['clientId', 'username'],
    tokenAnswer: (access_token) => ({
      data: [{ token_type: 'bearer', access_token, expires_in: 604_800, refresh_token: 'canary-refresh-token' }],
    }),
    inspect: (value) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
  },
)
