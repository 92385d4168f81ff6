import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import { contractServer } from '@valetkey/testing/simulators'
import axios, { type AxiosStatic } from 'axios'
import axios7 from 'axios-1.7'
import axios12 from 'axios-1.12'
import axios18 from 'axios-1.18'
import FormDataPackage from 'form-data'
import { axiosClient } from './contract-client.ts'

/** The types of the releases exclude one another; they are called alike. */
const RELEASES: readonly [name: string, axios: unknown][] = [
  ['axios 1.7', axios7],
  ['axios 1.12', axios12],
  ['axios 1.18', axios18],
  ['axios', axios],
]

const ONE_SHOT: Readonly<Record<'http' | 'fetch', ClientContractOptions['oneShotBodies']>> = {
  http: { 'a Readable of Node': (text) => Readable.from([Buffer.from(text)]), 'the form-data package': formData },
  fetch: { 'a ReadableStream': (text) => new Blob([text]).stream() },
}

function formData(text: string): FormDataPackage {
  const data = new FormDataPackage()
  data.append('text', text)
  return data
}

/** Each release with each adapter that Node has. */
export const CLIENTS: readonly { readonly makeClient: MakeClient; readonly options: ClientContractOptions }[] =
  RELEASES.flatMap(([release, module]) =>
    (['http', 'fetch'] as const).map((adapter) => ({
      makeClient: axiosClient(module as AxiosStatic, adapter),
      options: {
        name: `${release} over ${adapter}`,
        server: contractServer,
        inspect: (value) => inspect(value, { depth: 9, showHidden: true }),
        oneShotBodies: ONE_SHOT[adapter],
      },
    })),
  )
