import type { Authorization, Credential } from '@valetkey/core'
import {
  CredentialError,
  createAuthorization,
  invalidOption,
  knownOptions,
  type ObservedDetail,
  type ObservedEvent,
  refusesByDefault,
} from '@valetkey/core/kit'
import { checkFakeOptions } from './fake-options.ts'

export interface FakeCredentialOptions {
  /** The first is used until it is refused; each `renew` returns the next. Without any, `authorization` rejects with `not_signed_in`. */
  readonly tokens: readonly string[]
  /** Origins that it may be sent to. @default every origin @example ['https://api.example.com'] */
  readonly origins?: readonly string[] | undefined
  /** @default 'fake' */
  readonly vendor?: string | undefined
  /** @default 'default' */
  readonly account?: string | undefined
}

/** A credential for tests of programs, with counts of its calls. */
export interface FakeCredential extends Credential {
  /** How often an authorization was requested. */
  readonly authorizations: number
  /** How often a refusal led to the next token. */
  readonly renewals: number
  /** What the client reported about its requests, in order. */
  readonly observed: readonly FakeObservation[]
}

export type FakeObservation = ObservedDetail & { readonly event: ObservedEvent }

/**
 * A bearer credential that needs no vendor and no network.
 * A refusal of an older token than the current one uses no token; when all tokens are used up, `renew` resolves `undefined`.
 *
 * @throws CredentialError `invalid_option`
 */
export function fakeCredential(options: FakeCredentialOptions): FakeCredential {
  const names = { tokens: true, origins: true, vendor: true, account: true } as const
  const own = knownOptions('@valetkey/testing', options, names)
  const { tokens, origins, vendor = 'fake', account = 'default' } = own
  if (tokens === undefined) throw invalidOption('@valetkey/testing', 'tokens', 'is required')
  checkFakeOptions(own)
  const observed: FakeObservation[] = []
  let authorizations = 0
  let current = 0
  const authorize = (): Authorization | undefined => {
    const token = tokens[current]
    if (token === undefined) return undefined
    return createAuthorization({ headers: { authorization: `Bearer ${token}` } }, current + 1, vendor)
  }
  return {
    specVersion: 'v1',
    vendor,
    account,
    carries: { headers: ['authorization'], query: [] },
    covers: (origin) => origins === undefined || origins.includes(origin),
    authorization() {
      authorizations += 1
      const authorization = authorize()
      if (authorization) return authorization
      return Promise.reject(new CredentialError('not_signed_in', `[${vendor}] has no token`, { vendor, account }))
    },
    refuses: refusesByDefault,
    async renew(refused) {
      if (refused.generation <= current) return authorize()
      if (current + 1 >= tokens.length) return undefined
      current += 1
      return authorize()
    },
    observe: (event, detail) => void observed.push({ event, ...detail }),
    get authorizations() {
      return authorizations
    },
    get renewals() {
      return current
    },
    observed,
  }
}
