import { clientContract } from '@valetkey/testing'
import axios, { type AxiosStatic } from 'axios'
import axios7 from 'axios-1.7'
import axios12 from 'axios-1.12'
import axios18 from 'axios-1.18'
import { describe, test } from 'vitest'
import { clientsOf } from './contract-clients.ts'

/** The types of the releases exclude one another; they are called alike. */
const RELEASES: Readonly<Record<string, unknown>> = {
  'axios 1.7': axios7,
  'axios 1.12': axios12,
  'axios 1.18': axios18,
  axios,
}

for (const [name, release] of Object.entries(RELEASES)) {
  for (const { makeClient, options } of clientsOf(release as AxiosStatic, name)) {
    clientContract({ describe, test }, makeClient, options)
  }
}
