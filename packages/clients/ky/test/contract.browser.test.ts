import { clientContract } from '@valetkey/testing'
import { describe, inject, test } from 'vitest'
import { CLIENTS } from './contract-chromium.ts'

for (const { makeClient, options } of CLIENTS) {
  clientContract({ describe, test }, makeClient, { ...options, server: () => ({ url: inject('contractServer') }) })
}
