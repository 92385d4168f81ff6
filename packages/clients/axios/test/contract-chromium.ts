import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import axios from 'axios'
import { axiosClient } from './contract-client.ts'

/** axios in a page, with the adapter that it prefers there. */
export const CLIENT: { readonly makeClient: MakeClient; readonly options: Omit<ClientContractOptions, 'server'> } = {
  makeClient: axiosClient(axios, 'xhr'),
  options: {
    name: 'axios over xhr',
    cannot: {
      streams: 'an XMLHttpRequest sends no streams',
      streamedAnswers: 'an XMLHttpRequest reads every answer to its end',
      redirects: 'browsers show programs no redirects',
      otherHeaders: 'an XMLHttpRequest takes keys in headers along redirects, so they are refused',
    },
  },
}
