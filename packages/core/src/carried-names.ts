import { createAuthorization } from './authorization.ts'
import type { Authorization, CarriedNames } from './credential.ts'
import { invalidOption } from './options.ts'
import type { Placement } from './token-credential.ts'

/** Makes authorizations that carry no more than a credential says it carries. */
export interface Carrier {
  /** Lower-case and frozen. */
  readonly carries: CarriedNames
  /** @throws CredentialError `invalid_option` for what cannot be sent, or is not within `carries`; never quotes a value */
  authorize(placement: Placement, generation: number): Authorization
}

/**
 * Client plugins ask `carries` only, before they know any secret: whether the caller set one itself, and where it goes.
 * @throws CredentialError `invalid_option`
 */
export function createCarrier(vendor: string, names: CarriedNames): Carrier {
  if (![names.headers, names.query].every((list) => Array.isArray(list)))
    throw invalidOption(vendor, 'carries', 'must have "headers" and "query"')
  const headers = Object.freeze(names.headers.map((name) => name.toLowerCase()))
  const carries = Object.freeze({ headers, query: Object.freeze([...names.query]) })
  return {
    carries,
    authorize(placement, generation) {
      const authorization = createAuthorization(placement, generation, vendor)
      if (isWithin(namesOf(authorization), carries)) return authorization
      throw invalidOption(vendor, 'carries', 'must name every header and query parameter that "place" sets')
    },
  }
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
