import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import { contractServer } from '@valetkey/testing/simulators'
import type { AxiosStatic } from 'axios'
import FormDataPackage from 'form-data'
import { axiosClient } from './contract-client.ts'

const ONE_SHOT: Readonly<Record<'http' | 'fetch', ClientContractOptions['oneShotBodies']>> = {
  http: {
    'a Readable of Node': (text) => Readable.from([Buffer.from(text)]),
    'the form-data package with a stream': formData,
  },
  fetch: { 'a ReadableStream': (text) => new Blob([text]).stream() },
}

function formData(text: string): FormDataPackage {
  const data = new FormDataPackage()
  data.append('text', Readable.from([Buffer.from(text)]))
  return data
}

/** A release of axios with each adapter that Node has. */
export function clientsOf(
  axios: AxiosStatic,
  release: string,
): readonly { readonly makeClient: MakeClient; readonly options: ClientContractOptions }[] {
  return (['http', 'fetch'] as const).map((adapter) => ({
    makeClient: axiosClient(axios, adapter),
    options: {
      name: `${release} over ${adapter}`,
      server: contractServer,
      inspect: (value) => inspect(value, { depth: 9, showHidden: true }),
      oneShotBodies: ONE_SHOT[adapter],
    },
  }))
}
