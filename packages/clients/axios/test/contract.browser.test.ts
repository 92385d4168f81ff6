import { clientContract } from '@valetkey/testing'
import axios from 'axios'
import { describe, inject, test } from 'vitest'
import { axiosClient } from './contract-client.ts'

clientContract({ describe, test }, axiosClient(axios, 'xhr'), {
  name: 'axios over xhr in Chromium',
  server: () => ({ url: inject('contractServer') }),
  cannot: {
    streams: 'an XMLHttpRequest sends no streams',
    streamedAnswers: 'an XMLHttpRequest reads every answer to its end',
    redirects: 'browsers show programs no redirects',
    otherHeaders: 'an XMLHttpRequest takes keys in headers along redirects, so they are refused',
  },
})
