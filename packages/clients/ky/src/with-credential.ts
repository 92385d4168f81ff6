import type { CredentialSource } from '@valetkey/core'
import type { OptionNames, SenderOptions } from '@valetkey/core/kit'
import { invalidOption, knownOptions, SENDER_OPTIONS } from '@valetkey/core/kit'
import { withCredential as fetchWithCredential } from '@valetkey/fetch'
import type { KyFetch, KyLike } from './ky-like.ts'

export interface WithCredentialOptions extends SenderOptions {
  /** Whether a refused request is sent again with a renewed credential; ky's retries are counted separately. @default true */
  readonly replay?: boolean | undefined
}

const OPTIONS: OptionNames<WithCredentialOptions> = { ...SENDER_OPTIONS, replay: true }

/**
 * A child of the instance, as `ky.extend` makes one, with the credential on every request to one of its origins, renewed
 * once when the API refuses it. Requests to other origins, and those that the caller authorized itself, are sent untouched.
 * The requests are sent by the `fetch` option of the instance.
 * @throws CredentialError `invalid_option`; requests reject with what the credential throws
 */
export function withCredential<K extends KyLike<K>>(
  ky: K,
  source: CredentialSource,
  options: WithCredentialOptions = {},
): K {
  if (typeof ky?.extend !== 'function')
    throw invalidOption('@valetkey/ky', 'ky', 'must be an instance of ky (a fetch is for @valetkey/fetch)', ky)
  const own = knownOptions('@valetkey/ky', options, OPTIONS)
  return ky.extend(({ fetch = platformFetch }) => ({ fetch: fetchWithCredential(fetch, source, own) }))
}

/** Looked up for each request, as ky does, since programs and their tests replace it. */
const platformFetch: KyFetch = (input, init) => globalThis.fetch(input, init)
