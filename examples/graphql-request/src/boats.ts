import type { ResponseView } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { asRecord, clientCredentials, type OAuthOptions } from '@valetkey/oauth2'
import { GraphQLClient } from 'graphql-request'

export function createBoatsApi(url: string, options: OAuthOptions): GraphQLClient {
  const credential = clientCredentials({ ...options, refuses })
  return new GraphQLClient(url, { fetch: withCredential(fetch, credential) })
}

/** Many GraphQL servers refuse a token with status 200. */
async function refuses(response: ResponseView): Promise<boolean> {
  if (response.status === 401) return true
  const { errors } = asRecord(await response.json())
  return Array.isArray(errors) && errors.some((error) => error?.extensions?.code === 'UNAUTHENTICATED')
}
