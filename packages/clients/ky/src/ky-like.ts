import type { RequestOptions } from '@valetkey/core'
// Else the module that is augmented below is not known.
import type {} from 'ky'

/** The `fetch` option of ky. */
export type KyFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** An instance of either major of ky: what is needed of it. */
export interface KyLike<K> {
  extend(options: (parent: { readonly fetch?: KyFetch }) => { fetch: KyFetch }): K
}

declare module 'ky' {
  interface Options {
    /** What the request wants other than the credential of its instance; for instances of `withCredential`. */
    valetkey?: RequestOptions | undefined
  }
}
