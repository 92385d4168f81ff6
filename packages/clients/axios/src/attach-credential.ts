import type { CredentialSource, RequestOptions } from '@valetkey/core'
import { isCredentialError } from '@valetkey/core'
import type { OptionNames, SenderOptions } from '@valetkey/core/kit'
import { createSender, invalidOption, knownOptions, SENDER_OPTIONS } from '@valetkey/core/kit'
import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import { type Client, Exchange } from './exchange.ts'
import { bareOf, createUrlOf } from './transport.ts'
import { createWait, statusError, timeoutError, withConfig } from './wait.ts'

/** An instance of axios, of any version and of either build (ES module, CommonJS): what is needed of it. */
export interface AxiosLike {
  getUri(...config: never[]): string
  readonly interceptors: { readonly request: { use(...interceptor: never[]): number; eject(id: number): void } }
}

declare module 'axios' {
  // Without its type parameters, which differ from release to release.
  interface AxiosRequestConfig {
    /** Overrides for this request: another credential, or none; no replay; anonymous when no user is signed in. */
    valetkey?: RequestOptions | undefined
  }
}

export interface AttachCredentialOptions extends SenderOptions {
  /** Whether a refused request is sent again with a renewed credential; other retries are counted separately. @default true */
  readonly replay?: boolean | undefined
}

const OPTIONS: OptionNames<AttachCredentialOptions> = { ...SENDER_OPTIONS, replay: true }

/**
 * Puts the credential on every request of the instance to one of its origins and renews it once when the API refuses it.
 * Requests to other origins, and those that the caller authorized itself, are sent untouched. `timeout` covers the whole: the
 * wait for a token, the request, and the request that is sent again.
 * Returns what takes it off again; requests on their way keep it.
 * @throws CredentialError `invalid_option`; requests reject with what the credential throws, and with `redirect_refused`, each
 * with the caller's `config`
 */
export function attachCredential(
  instance: AxiosLike,
  source: CredentialSource,
  options: AttachCredentialOptions = {},
): () => void {
  // The types of its releases and builds exclude one another; what they do is the same.
  const http = instance as unknown as AxiosInstance
  if (typeof http?.create !== 'function' || !http.interceptors?.request)
    throw invalidOption('@valetkey/axios', 'instance', 'must be an instance of axios', instance)
  if (!source)
    throw invalidOption(
      '@valetkey/axios',
      'source',
      'must be a credential, several, or a function that gives one',
      source,
    )
  const own = knownOptions('@valetkey/axios', options, OPTIONS)
  const bare = bareOf(http)
  const client: Client = {
    bare,
    replay: own.replay ?? true,
    isBrowser: globalThis.navigator?.userAgent?.startsWith('Mozilla/') ?? false,
    urlOf: createUrlOf(bare),
  }
  const send = createSender(source, own)
  const attach = (config: InternalAxiosRequestConfig) => {
    const { adapter } = config
    config.adapter = async (final) => {
      // Others send a failed request again with its config.
      Object.assign(final, { adapter })
      const wait = createWait(final)
      try {
        const answer = send(new Exchange(client, final, wait))
        wait?.begin()
        const { response, error, isAsked } = await answer
        const isAccepted = isAsked && (final.validateStatus?.(response.status) ?? true)
        if (error && !isAccepted) throw error
        if (isAsked && !isAccepted) throw await statusError(bare, final, response)
        return response
      } catch (error) {
        if (wait && error === wait.overdue) throw await timeoutError(bare, final)
        throw isCredentialError(error) ? withConfig(error, final) : error
      } finally {
        wait?.end()
      }
    }
    return config
  }
  const { request } = http.interceptors
  const id = request.use(attach, null, { synchronous: true })
  return () => {
    request.eject(id)
    // Before 1.20, axios leaves a gap where the last one was.
    if (request.handlers?.length === id + 1 && request.handlers[id] === null) request.handlers.pop()
  }
}
