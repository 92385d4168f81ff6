import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import ky from 'ky'
import { KY_OPTIONS, kyClient } from './contract-client.ts'

/** ky in a page. */
export const CLIENTS: readonly {
  readonly makeClient: MakeClient
  readonly options: Omit<ClientContractOptions, 'server'>
}[] = [
  {
    makeClient: kyClient(ky),
    options: {
      ...KY_OPTIONS,
      name: 'ky 2',
      cannot: {
        streams: 'Chromium sends streams over HTTP/2 only',
        redirects: 'browsers show programs no redirects',
      },
    },
  },
]
