import type { Authorization, CarriedNames } from './credential.ts'
import { ownMembers } from './members.ts'
import { invalidOption } from './options.ts'
import { redactSecrets } from './secrets.ts'
import type { Placement } from './token-credential.ts'

/** Node's servers and most proxies refuse a header block above this; a credential that long is a mistake. */
const MAX_VALUE_LENGTH = 16_384

/** What a program calls a header or a parameter; a key, which no error may quote, has digits. */
const MEMBER_NAME = /^[a-z-]{1,32}$/i

/** RFC 9110 §5.6.2 `token`. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

/** RFC 9110 §5.5 without the tab: visible text and spaces, no CR, LF, NUL, nothing above one byte. */
const HEADER_VALUE = /^[\x20-\x7e\x80-\xff]*$/

/** No control characters, no halves of surrogate pairs: those cannot be percent-encoded. */
const QUERY_TEXT = /^[^\p{Cc}\p{Cs}]*$/u

const SecretAuthorization = /* @__PURE__ */ redactSecrets(
  class implements Authorization {
    readonly #headers: Readonly<Record<string, string>>
    readonly #query: Readonly<Record<string, string>>
    readonly #generation: number

    constructor(headers: Authorization['headers'], query: Authorization['query'], generation: number) {
      this.#headers = headers
      this.#query = query
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
  const own = ownMembers(placement)
  const other = Object.keys(own).find((name) => name !== 'headers' && name !== 'query')
  if (other !== undefined)
    throw invalidOption(
      vendor,
      'place',
      `gave ${MEMBER_NAME.test(other) ? `"${other}"` : 'another member'}, which belongs into "headers" or "query"`,
    )
  const headers = entriesOf(vendor, 'headers', own.headers).map(([name, value]) => checkedHeader(vendor, name, value))
  const query = entriesOf(vendor, 'query', own.query).map(([name, value]) => checkedParameter(vendor, name, value))
  return new SecretAuthorization(objectOf(headers), objectOf(query), generation)
}

/** Shared, since most authorizations are headers only, and very many may be held. */
const NOTHING: Readonly<Record<string, string>> = Object.freeze({})

function objectOf(entries: readonly [string, string][]): Readonly<Record<string, string>> {
  return entries.length > 0 ? Object.freeze(Object.fromEntries(entries)) : NOTHING
}

/** A Map, `Headers` or `URLSearchParams` has no own members and would place nothing. */
function entriesOf(vendor: string, member: 'headers' | 'query', value: unknown): [string, unknown][] {
  if (value === undefined) return []
  if (typeof value === 'object' && value !== null && !(Symbol.iterator in value)) return Object.entries(value)
  throw invalidOption(vendor, 'place', `gave "${member}" that is not an object of names and strings`)
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

/** RFC 6750 §2.1. */
const BEARER_NAMES: CarriedNames = Object.freeze({
  headers: Object.freeze(['authorization']),
  query: Object.freeze([]),
})

/** Makes authorizations that carry no more than a credential says it carries. */
export class Authorizer {
  /**
   * Lower-case and frozen. Client plugins ask for them only, before they know any secret: whether the caller set one itself, and
   * where it goes.
   */
  readonly carries: CarriedNames
  readonly #vendor: string

  /** @throws CredentialError `invalid_option` */
  constructor(vendor: string, names: CarriedNames | undefined) {
    this.#vendor = vendor
    this.carries = names ? frozenNames(vendor, names) : BEARER_NAMES
  }

  /** @throws CredentialError `invalid_option` for what cannot be sent, or is not within `carries`; never quotes a value */
  authorize(place: () => Placement, generation: number): Authorization {
    const vendor = this.#vendor
    const authorization = createAuthorization(callPlace(vendor, place), generation, vendor)
    const names = namesOf(authorization)
    if (names.headers.length + names.query.length === 0)
      throw invalidOption(
        vendor,
        'place',
        'must give a header or a query parameter: a request would be sent without its key',
      )
    if (isWithin(names, this.carries)) return authorization
    throw invalidOption(vendor, 'carries', 'must name every header and query parameter that "place" sets')
  }
}

function frozenNames(vendor: string, { headers, query }: CarriedNames): CarriedNames {
  if (![headers, query].every((list) => Array.isArray(list)))
    throw invalidOption(vendor, 'carries', 'must have "headers" and "query"')
  const lowerCased = Object.freeze(headers.map((name) => name.toLowerCase()))
  return Object.freeze({ headers: lowerCased, query: Object.freeze([...query]) })
}

/** Calls `place`. Its error is dropped, since it may quote the secret; so is the rejection of a promise that it returns by mistake. */
export function callPlace(vendor: string, place: () => Placement): Placement {
  try {
    const placement = place()
    if (!(placement instanceof Promise)) return placement
    placement.catch(() => {})
  } catch {
    // Told below.
  }
  throw invalidOption(vendor, 'place', 'threw an error; with an "apiKey" function, name what it sets in "carries"')
}

export function namesOf({ headers, query }: Authorization): CarriedNames {
  return { headers: Object.keys(headers), query: Object.keys(query) }
}

function isWithin(names: CarriedNames, allowed: CarriedNames): boolean {
  return (
    names.headers.every((name) => allowed.headers.includes(name)) &&
    names.query.every((name) => allowed.query.includes(name))
  )
}
