import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import axios from 'axios'
import { axiosClient } from './contract-client.ts'

const REDIRECTS = 'browsers show programs no redirects'

/** axios in a page: with the adapter that it prefers there, and with the one that is for keys in headers. */
export const CLIENTS: readonly {
  readonly makeClient: MakeClient
  readonly options: Omit<ClientContractOptions, 'server'>
}[] = [
  {
    makeClient: axiosClient(axios, 'xhr'),
    options: {
      name: 'axios over xhr',
      cannot: {
        streams: 'an XMLHttpRequest sends no streams',
        streamedAnswers: 'an XMLHttpRequest reads every answer to its end',
        redirects: REDIRECTS,
        otherHeaders: 'an XMLHttpRequest takes keys in headers along redirects, so they are refused',
      },
    },
  },
  {
    makeClient: axiosClient(axios, 'fetch'),
    options: {
      name: 'axios over fetch',
      cannot: {
        streams: 'Chromium sends streams over HTTP/2 only',
        redirects: REDIRECTS,
      },
    },
  },
]
