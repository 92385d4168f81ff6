import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import type { ClientContractOptions, MakeClient } from '@valetkey/testing'
import { contractServer } from '@valetkey/testing/simulators'
import { FormData as UndiciForm, fetch as undiciFetch } from 'undici'
import { CANNOT, fetchClient, requestClient } from './contract-client.ts'

const OPTIONS: Omit<ClientContractOptions, 'name'> = {
  server: contractServer,
  inspect: (value) => inspect(value, { depth: 9, showHidden: true }),
  cannot: CANNOT,
  oneShotBodies: {
    'a ReadableStream': (text) => new Blob([text]).stream(),
    'a Readable of Node': (text) => Readable.from([Buffer.from(text)]),
    'an async iterable': iterableOf,
  },
}

/** The fetches of Node. */
export const CLIENTS: readonly { readonly makeClient: MakeClient; readonly options: ClientContractOptions }[] = [
  { makeClient: fetchClient((...request) => fetch(...request)), options: { ...OPTIONS, name: 'fetch' } },
  {
    makeClient: requestClient((...request) => fetch(...request)),
    options: { ...OPTIONS, name: 'fetch of a Request', replaysStreams: true },
  },
  { makeClient: fetchClient(fetchOfUndici), options: { ...OPTIONS, name: 'fetch of undici' } },
]

/** undici knows its own forms only. */
function fetchOfUndici(url: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const body = init?.body instanceof FormData ? undiciFormOf(init.body) : init?.body
  return (undiciFetch as unknown as typeof fetch)(url, { ...init, ...(body && { body }) })
}

function undiciFormOf(form: FormData): FormData {
  const copy = new UndiciForm()
  for (const [name, value] of form) {
    if (typeof value === 'string') copy.append(name, value)
    else copy.append(name, value, value.name)
  }
  return copy as unknown as FormData
}

async function* iterableOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text)
}
