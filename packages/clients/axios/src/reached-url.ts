/** What a request of an adapter is known to have had as its answer. */
export interface Reached {
  readonly status: number
  readonly headers: object
}

/** Held by the request, so that nothing outlives it. */
const reachedBy = new WeakMap<object, Reached & { readonly url: string }>()

/** The platform's fetch, for the adapter `fetch`, which exposes its `Request` but not its response (axios 1.12 and newer). */
export async function telltaleFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init)
  const { url, status, headers } = response
  if (typeof input === 'object') reachedBy.set(input, { url, status, headers: Object.fromEntries(headers) })
  return response
}

/** Where an answer came from; '' when the adapter does not say. */
export function reachedUrl({ request }: { readonly request?: unknown }): string {
  if (typeof request !== 'object' || request === null) return ''
  const { res, responseURL } = request as {
    readonly res?: { readonly responseUrl?: string }
    readonly responseURL?: string
  }
  return res?.responseUrl ?? responseURL ?? reachedBy.get(request)?.url ?? ''
}

/** The answer of a request whose body the adapter could not read; `undefined` where there was none, or the adapter does not say. */
export function reachedAnswer(request: unknown): Reached | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const { res } = request as { readonly res?: { readonly statusCode?: number; readonly headers: object } }
  return res?.statusCode ? { status: res.statusCode, headers: res.headers } : reachedBy.get(request)
}
