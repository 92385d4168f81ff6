import { describe, test } from 'vitest'
import { vendorContract } from '../src/index.ts'
import { KEY, TOKENS } from './vendor-contract/under-test.ts'

describe('a vendor with tokens', () => {
  vendorContract({ describe, test }, TOKENS)
})

describe('a vendor with an API key', () => {
  vendorContract({ describe, test }, KEY)
})
