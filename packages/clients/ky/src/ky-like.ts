/** The `fetch` option of ky. */
export type KyFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** An instance of either major of ky: what is needed of it. */
export interface KyLike<K> {
  extend(options: (parent: { readonly fetch?: KyFetch }) => { fetch: KyFetch }): K
}
