import { clientContract } from '@valetkey/testing'
import ky from 'ky'
import { describe, inject, test } from 'vitest'
import { KY_OPTIONS, kyClient } from './contract-client.ts'

clientContract({ describe, test }, kyClient(ky), {
  ...KY_OPTIONS,
  name: 'ky 2 in Chromium',
  server: () => ({ url: inject('contractServer') }),
  cannot: {
    streams: 'Chromium sends streams over HTTP/2 only',
    redirects: 'browsers show programs no redirects',
  },
})
