import { clientContract } from '@valetkey/testing'
import { describe, inject, test } from 'vitest'
import { CANNOT, fetchClient } from './contract-client.ts'

clientContract({ describe, test }, fetchClient(fetch), {
  name: 'fetch in Chromium',
  server: () => ({ url: inject('contractServer') }),
  cannot: {
    ...CANNOT,
    streams: 'Chromium sends streams over HTTP/2 only',
    redirects: 'browsers show programs no redirects',
  },
})
