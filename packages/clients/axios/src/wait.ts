import { abortWith, CredentialError } from '@valetkey/core/kit'
import type { AxiosError, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios'
import { firstAdapter } from './transport.ts'

type Config = InternalAxiosRequestConfig

/** The longest that timers take; a longer one would end at once. */
const MAX_TIMER_MS = 2_147_483_647

/** How long a caller waits: for the token, and for every time that the request is sent. */
export interface Wait {
  /** Ends the wait for a token: with the request's signal, its cancel token (axios makes the error of these), or its time. */
  readonly signal: AbortSignal
  /** What the wait fails with when the time is up. */
  readonly overdue: object
  /** Called when nothing can be sent in the turn of the call any more: what is sent in it has the whole time. */
  begin(): void
  /** What is left of the request's `timeout`. */
  timeLeft(): Config['timeout']
  end(): void
}

/** `undefined` where no more than a signal of the platform can end it. */
export function createWait({ signal, cancelToken, timeout }: Config): Wait | undefined {
  // As axios reads it. axios itself refuses a value that is not a number.
  const timeoutMs = Number.parseInt(String(timeout), 10) || 0
  if (!cancelToken && timeoutMs <= 0 && (!signal || signal instanceof AbortSignal)) return undefined
  const controller = new AbortController()
  const overdue = {}
  const abort = () => controller.abort()
  cancelToken?.subscribe(abort)
  if (signal?.aborted) abort()
  else signal?.addEventListener?.('abort', abort)
  let since: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    signal: controller.signal,
    overdue,
    begin() {
      if (timeoutMs <= 0) return
      since = performance.now()
      timer = setTimeout(() => abortWith(controller, overdue), Math.min(timeoutMs, MAX_TIMER_MS))
    },
    timeLeft: () => (since === undefined ? timeout : Math.max(1, timeoutMs - Math.floor(performance.now() - since))),
    end() {
      clearTimeout(timer)
      cancelToken?.unsubscribe(abort)
      signal?.removeEventListener?.('abort', abort)
    },
  }
}

/** What the request's adapter fails with when its time is up, made by the instance's copy of axios. */
export async function timeoutError(bare: AxiosInstance, config: Config): Promise<Error> {
  const { timeout, timeoutErrorMessage, transitional } = config
  // The adapter `fetch` reads neither of the two.
  const isFetch = firstAdapter(config) === 'fetch'
  const code = isFetch || transitional?.clarifyTimeoutError ? 'ETIMEDOUT' : 'ECONNABORTED'
  const message = (isFetch ? undefined : timeoutErrorMessage) || `timeout of ${timeout}ms exceeded`
  const { constructor: Class } = await bare.request({ adapter: 'none' }).catch((error: AxiosError) => error)
  return new (Class as typeof AxiosError)(message, code, config)
}

/** What axios fails with when `validateStatus` refuses an answer, made by the instance's copy of axios. */
export async function statusError(bare: AxiosInstance, config: Config, response: AxiosResponse): Promise<Error> {
  const { status } = response
  const request: unknown = response.request
  const code = status >= 400 && status < 500 ? 'ERR_BAD_REQUEST' : 'ERR_BAD_RESPONSE'
  const { constructor: Class } = await bare.request({ adapter: 'none' }).catch((error: AxiosError) => error)
  return new (Class as typeof AxiosError)(`Request failed with status code ${status}`, code, config, request, response)
}

/** The same error for this caller alone, since callers share it; `config` is what error interceptors read, and is not printed. */
export function withConfig(error: CredentialError, config: Config): CredentialError {
  const { code, message, stack, cause } = error
  const copy = new CredentialError(code, message, error)
  for (const [name, value] of Object.entries({ config, stack, cause }))
    if (value !== undefined) Object.defineProperty(copy, name, { value, configurable: true, writable: true })
  return copy
}
