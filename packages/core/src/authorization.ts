import type { Authorization } from './credential.ts'
import { hideSecrets } from './hide-secrets.ts'
import { invalidOption } from './options.ts'
import type { Placement } from './token-credential.ts'

/** Node's servers and most proxies refuse a header block above this; a credential that long is a mistake. */
const MAX_VALUE_LENGTH = 16_384

/** RFC 9110 §5.6.2 `token`. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

/** RFC 9110 §5.5 without the tab: visible text and spaces, no CR, LF, NUL, nothing above one byte. */
const HEADER_VALUE = /^[\x20-\x7e\x80-\xff]*$/

/** No control characters, no halves of surrogate pairs: those cannot be percent-encoded. */
const QUERY_TEXT = /^[^\p{Cc}\p{Cs}]*$/u

const SecretAuthorization = /* @__PURE__ */ hideSecrets(
  class implements Authorization {
    readonly #headers: Readonly<Record<string, string>>
    readonly #query: Readonly<Record<string, string>>
    readonly #generation: number

    constructor(headers: Record<string, string>, query: Record<string, string>, generation: number) {
      this.#headers = Object.freeze(headers)
      this.#query = Object.freeze(query)
      this.#generation = generation
    }

    get headers(): Readonly<Record<string, string>> {
      return this.#headers
    }

    get query(): Readonly<Record<string, string>> {
      return this.#query
    }

    get generation(): number {
      return this.#generation
    }
  },
  (it) => `[Authorization generation ${it.generation}]`,
)

/**
 * What one generation of a credential puts on a request: header names lower-cased, both objects frozen, no secret shown
 * by JSON, inspection, cloning or string conversion.
 * @throws CredentialError `invalid_option`, naming `place` and never the value, for what cannot be sent as a header or
 * query parameter
 */
export function createAuthorization(placement: Placement, generation: number, vendor = 'core'): Authorization {
  if (typeof placement !== 'object' || placement === null)
    throw invalidOption(vendor, 'place', 'must give "headers", "query" or both')
  const headers = Object.entries(placement.headers ?? {}).map(([name, value]) => checkedHeader(vendor, name, value))
  const query = Object.entries(placement.query ?? {}).map(([name, value]) => checkedParameter(vendor, name, value))
  return new SecretAuthorization(Object.fromEntries(headers), Object.fromEntries(query), generation)
}

function checkedHeader(vendor: string, name: string, value: unknown): [string, string] {
  const lowerCased = name.toLowerCase()
  if (!HEADER_NAME.test(lowerCased))
    throw invalidOption(vendor, 'place', 'gave a header name that is not a valid token')
  return [lowerCased, checkedText(vendor, 'header value', HEADER_VALUE, value)]
}

function checkedParameter(vendor: string, name: string, value: unknown): [string, string] {
  if (name === '') throw invalidOption(vendor, 'place', 'gave a query parameter without a name')
  return [checkedText(vendor, 'query name', QUERY_TEXT, name), checkedText(vendor, 'query value', QUERY_TEXT, value)]
}

function checkedText(vendor: string, what: string, allowed: RegExp, value: unknown): string {
  if (typeof value !== 'string') throw invalidOption(vendor, 'place', `gave a ${what} that is not a string`)
  if (value.length > MAX_VALUE_LENGTH) throw invalidOption(vendor, 'place', `gave a ${what} longer than 16 KiB`)
  if (!allowed.test(value)) throw invalidOption(vendor, 'place', `gave a ${what} with characters that cannot be sent`)
  return value
}
