import type { CredentialSource } from '@valetkey/core'
import { createSender, invalidOption } from '@valetkey/core'
import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios'
import type { AxiosLike } from './axios-like.ts'
import { Exchange } from './exchange.ts'
import { bareOf, signalOf } from './transport.ts'

export interface AttachCredentialOptions {
  /** Whether a refused request is sent again with a renewed credential; retries by others are counted apart. @default true */
  readonly replay?: boolean | undefined
}

/**
 * Puts the credential on every request of the instance to one of its origins and renews it once when the API refuses it.
 * Requests to other origins, and those that the caller authorized itself, are sent untouched.
 * Returns what takes it off again; requests on their way keep it.
 * @throws CredentialError `invalid_option`; requests reject with what the credential throws, and with `redirect_refused`
 */
export function attachCredential(
  instance: AxiosLike,
  source: CredentialSource,
  options: AttachCredentialOptions = {},
): () => void {
  // The types of its releases and builds exclude one another; what they do is the same.
  const http = instance as unknown as AxiosInstance
  if (typeof http?.create !== 'function' || !http.interceptors?.request)
    throw invalidOption('@valetkey/axios', 'instance', 'must be an instance of axios')
  if (!source) throw invalidOption('@valetkey/axios', 'source', 'must be a credential, several, or a function')
  const { replay = true } = options
  const bare = bareOf(http)
  const send = createSender(source)
  const attach = (config: InternalAxiosRequestConfig) => {
    const { adapter } = config
    config.adapter = async (final) => {
      // Others send a failed request again with its config.
      Object.assign(final, { adapter })
      const { signal, release } = signalOf(final)
      const answer = send(new Exchange(bare, final, replay, signal))
      const { response, error } = await (release ? answer.finally(release) : answer)
      if (error) throw error
      return response
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
