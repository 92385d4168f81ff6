/** Any fetch: the platform's, undici's, node-fetch's, or a wrapper around one. */
export type FetchLike = (...args: never[]) => Promise<{ readonly status: number; readonly url: string }>

/** How every one of them is called. */
export type PlainFetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>
