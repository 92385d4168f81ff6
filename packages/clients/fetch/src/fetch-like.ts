import type { RequestOptions } from '@valetkey/core'
import { hasMethods, invalidOption } from '@valetkey/core/kit'

/**
 * Any fetch: the platform's, undici's, node-fetch's, or a wrapper around one. Clients such as axios and ky are
 * callable, too, but the requests of their methods would have no credential: they have separate plugins.
 */
export interface FetchLike {
  (...args: never[]): Promise<{ readonly status: number; readonly url: string }>
  readonly getUri?: 'use attachCredential of @valetkey/axios'
  readonly extend?: 'use withCredential of @valetkey/ky'
}

/** How every one of them is called. */
export type PlainFetch = (input: RequestInfo | URL, init?: PlainInit) => Promise<Response>

export interface PlainInit extends RequestInit {
  valetkey?: RequestOptions | undefined
}

/** The same fetch, whose `init` may have a `valetkey`. */
export type FetchWithCredential<F extends FetchLike> = F &
  ((
    input: Parameters<F>[0],
    init?: NonNullable<Parameters<F>[1]> & { readonly valetkey?: RequestOptions | undefined },
  ) => ReturnType<F>)

/** @throws CredentialError `invalid_option` */
export function assertFetch(fetch: unknown): void {
  if (typeof fetch !== 'function') throw invalidOption('@valetkey/fetch', 'fetch', 'must be a function', fetch)
  if (hasMethods(fetch, ['getUri']))
    throw invalidOption('@valetkey/fetch', 'fetch', 'is axios: use attachCredential of @valetkey/axios')
  if (hasMethods(fetch, ['extend']) && 'stop' in fetch)
    throw invalidOption('@valetkey/fetch', 'fetch', 'is ky: use withCredential of @valetkey/ky')
}
