import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import { contractServer } from '@valetkey/testing/simulators'
import { KY_OPTIONS, kyClient } from './contract-client.ts'
import { MAJORS } from './support/majors.ts'

/** Both majors of ky, over the fetch of Node. */
export const CLIENTS: readonly { readonly makeClient: MakeClient; readonly options: ClientContractOptions }[] =
  MAJORS.map(({ name, ky, prefix }) => ({
    makeClient: name === 'ky 1' ? kyClient(ky, prefix) : kyClient(ky),
    options: {
      ...KY_OPTIONS,
      name,
      server: contractServer,
      inspect: (value) => inspect(value, { depth: 9, showHidden: true }),
      oneShotBodies: {
        'a ReadableStream': (text) => new Blob([text]).stream(),
        'a Readable of Node': (text) => Readable.from([Buffer.from(text)]),
        'an async iterable': iterableOf,
      },
    },
  }))

async function* iterableOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}
