import { type Credential, createAuthorization, type Placement } from '@valetkey/core'
import { type FakeCredential, fakeCredential } from '@valetkey/testing'

export type Carrier = 'authorization' | 'x-api-key' | 'query'

export const CARRIERS: readonly Carrier[] = ['authorization', 'x-api-key', 'query']

/** A credential with these tokens that puts them where an API wants them. */
export function carried(carrier: Carrier, tokens: readonly string[], origins?: readonly string[]): Credential {
  const fake: FakeCredential = fakeCredential({ tokens, origins })
  if (carrier === 'authorization') return fake
  const current = () => createAuthorization(place(carrier, tokens[fake.renewals] ?? ''), fake.renewals + 1)
  return {
    ...fake,
    carries: carrier === 'query' ? { headers: [], query: ['api_key'] } : { headers: [carrier], query: [] },
    authorization: current,
    renew: async (refused, options) => ((await fake.renew(refused, options)) ? current() : undefined),
  }
}

function place(carrier: Carrier, token: string): Placement {
  return carrier === 'query' ? { query: { api_key: token } } : { headers: { [carrier]: token } }
}
