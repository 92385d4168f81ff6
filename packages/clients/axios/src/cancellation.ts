import type { InternalAxiosRequestConfig } from 'axios'

export interface Cancellation {
  readonly signal: AbortSignal | undefined
  /** To be called when the request has ended, since a token may live longer. */
  release(): void
}

/** Whatever comes first of a request's signal and its cancel token; axios itself makes the error of it. */
export function cancellationOf({ signal, cancelToken }: InternalAxiosRequestConfig): Cancellation {
  if (!cancelToken && (!signal || signal instanceof AbortSignal)) return { signal, release() {} }
  const controller = new AbortController()
  const abort = () => controller.abort()
  cancelToken?.subscribe(abort)
  signal?.addEventListener?.('abort', abort)
  return {
    signal: controller.signal,
    release() {
      cancelToken?.unsubscribe(abort)
      signal?.removeEventListener?.('abort', abort)
    },
  }
}
