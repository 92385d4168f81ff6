import { inspect } from 'node:util'
import { vendorContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import * as flowlu from '../src/index.ts'
import { ADMINISTRATOR, API_KEY } from './support/world.ts'

const FLOWLU = {
  vendor: 'flowlu',
  origins: ['https://acme.flowlu.com'],
  inspect: (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false }),
}

vendorContract(
  { describe, test },
  { ...FLOWLU, create: flowlu.apiKey, options: { company: 'acme', apiKey: API_KEY }, secrets: ['apiKey'] },
)

vendorContract(
  { describe, test },
  {
    ...FLOWLU,
    create: flowlu.password,
    options: { company: 'acme', tokenUrl: 'https://login.example.com/token', ...ADMINISTRATOR },
    secrets: ['password'],
    identity: ['company', 'clientId', 'username'],
    tokenAnswer: (access_token) => ({ access_token, token_type: 'bearer' }),
  },
)
