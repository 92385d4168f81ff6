import { hasMethods } from '@valetkey/core/kit'
import type { InternalAxiosRequestConfig } from 'axios'
import { firstAdapter } from './transport.ts'

/** As much as is kept of the body of a `Request`. */
const KEPT_BYTES = 1_048_576

/** A form of the `form-data` package, as it is sent a second time. */
export interface FormBytes {
  readonly bytes: unknown
  readonly contentType: string
}

/**
 * What a form of the `form-data` package holds, of which axios makes one of every object that is to be a form on Node: read
 * before it is sent, which empties it. `undefined` where it holds streams, or more than is kept; the adapter `fetch` cannot
 * send such forms.
 */
export function formBytesOf(config: InternalAxiosRequestConfig): FormBytes | undefined {
  const form: unknown = config.data
  if (!hasMethods(form, ['getBuffer', 'getHeaders', 'getLengthSync', 'hasKnownLength'])) return undefined
  if (firstAdapter(config) === 'fetch' || !form.hasKnownLength() || Number(form.getLengthSync()) > KEPT_BYTES)
    return undefined
  try {
    const { 'content-type': contentType } = form.getHeaders() as Readonly<Record<string, string>>
    return contentType === undefined ? undefined : { bytes: form.getBuffer(), contentType }
  } catch {
    // A stream whose length the caller told.
    return undefined
  }
}
