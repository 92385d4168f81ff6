import { clientContract } from '@valetkey/testing'
import type { AxiosStatic } from 'axios'
import { describe, test } from 'vitest'
import { clientsOf } from './contract-clients.ts'
import { RELEASES } from './support/variants.ts'

for (const [name, release] of RELEASES) {
  if (name.includes('CommonJS')) continue
  for (const { makeClient, options } of clientsOf(release as AxiosStatic, name)) {
    clientContract({ describe, test }, makeClient, options)
  }
}
