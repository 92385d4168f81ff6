import type { Credential, Placement } from '@valetkey/core'
import { createAuthorization } from '@valetkey/core/kit'
import { type FakeCredential, fakeCredential } from '@valetkey/testing'

export type TokenPlace = 'authorization' | 'x-api-key' | 'query'

export const TOKEN_PLACES: readonly TokenPlace[] = ['authorization', 'x-api-key', 'query']

/** A credential with these tokens that puts them where an API wants them. */
export function carried(tokenPlace: TokenPlace, tokens: readonly string[], origins?: readonly string[]): Credential {
  const fake: FakeCredential = fakeCredential({ tokens, origins })
  if (tokenPlace === 'authorization') return fake
  const current = () => createAuthorization(place(tokenPlace, tokens[fake.renewals] ?? ''), fake.renewals + 1)
  return {
    ...fake,
    carries: tokenPlace === 'query' ? { headers: [], query: ['api_key'] } : { headers: [tokenPlace], query: [] },
    authorization: current,
    renew: async (refused, options) => ((await fake.renew(refused, options)) ? current() : undefined),
  }
}

function place(tokenPlace: TokenPlace, token: string): Placement {
  return tokenPlace === 'query' ? { query: { api_key: token } } : { headers: { [tokenPlace]: token } }
}
