import type { Placement } from '@valetkey/core'
import type { CarriedNames } from '@valetkey/core/kit'
import type { Arrival } from './protocol.ts'

/** Where a credential is on a request. */
export type TokenPlace = 'authorization' | 'x-api-key' | 'query'

export const TOKEN_PLACES: readonly TokenPlace[] = ['authorization', 'x-api-key', 'query']

/** What to call a credential there, in titles. */
export const TOKEN_PLACE_NAMES: Readonly<Record<TokenPlace, string>> = {
  authorization: 'in Authorization',
  'x-api-key': 'in another header',
  query: 'in the query',
}

export function namesOf(tokenPlace: TokenPlace): CarriedNames {
  return tokenPlace === 'query' ? { headers: [], query: ['api_key'] } : { headers: [tokenPlace], query: [] }
}

export function place(tokenPlace: TokenPlace, token: string): Placement {
  if (tokenPlace === 'query') return { query: { api_key: token } }
  return { headers: { [tokenPlace]: tokenPlace === 'authorization' ? `Bearer ${token}` : token } }
}

/** The token that a request came with, wherever it was; several are joined. */
export function carriedBy({ headers, path }: Arrival): string {
  const query = new URL(path, 'http://localhost').searchParams.getAll('api_key')
  const tokens = [headers.authorization?.replace('Bearer ', ''), headers['x-api-key'], ...query]
  return tokens.filter((token) => token !== undefined).join()
}

/** Without the credential. */
export function pathOf({ path }: Arrival): string {
  const { pathname, searchParams } = new URL(path, 'http://localhost')
  searchParams.delete('api_key')
  return searchParams.size > 0 ? `${pathname}?${searchParams}` : pathname
}
