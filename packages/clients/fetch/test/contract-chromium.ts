import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import { CANNOT, fetchClient } from './contract-client.ts'

/** The fetch of a page. */
export const CLIENTS: readonly {
  readonly makeClient: MakeClient
  readonly options: Omit<ClientContractOptions, 'server'>
}[] = [
  {
    makeClient: fetchClient((...request) => fetch(...request)),
    options: {
      name: 'fetch',
      cannot: {
        ...CANNOT,
        streams: 'Chromium sends streams over HTTP/2 only',
        redirects: 'browsers show programs no redirects',
      },
    },
  },
]
