import type { Credential } from '../credential.ts'
import { hasMethods } from '../members.ts'
import { invalidOption, knownOptions, type OptionNames } from '../options.ts'

/** What one request wants other than its client's: the member `valetkey` of the request's options. */
export interface RequestOptions {
  /** Another credential, which must cover the URL's origin; `false`: none. @default the client's */
  readonly credential?: Credential | false | undefined
  /** Whether the request is sent again when it is refused. @default the client's `replay` */
  readonly replay?: boolean | undefined
  /** Where a person would have to sign in (`not_signed_in`, `reauthorization_required`): `true` sends without a credential. @default false */
  readonly optional?: boolean | undefined
}

const REQUEST_OPTIONS: OptionNames<RequestOptions> = { credential: true, replay: true, optional: true }

/**
 * A copy of the own members.
 * @throws CredentialError `invalid_option`, which names the member
 */
export function requestOptions(given: unknown): RequestOptions {
  if (typeof given !== 'object' || given === null || !isPlain(given))
    throw invalidOption(
      '@valetkey/core',
      'valetkey',
      `must be an object with ${Object.keys(REQUEST_OPTIONS).join(', ')}`,
      given,
    )
  const own: RequestOptions = knownOptions('@valetkey/core', given, REQUEST_OPTIONS, 'valetkey.')
  const { credential, replay, optional }: { readonly [name in keyof RequestOptions]?: unknown } = own
  for (const [name, value] of Object.entries({ replay, optional }))
    if (value !== undefined && typeof value !== 'boolean') throw invalidMember(name, 'must be true or false', value)
  if (credential !== undefined && credential !== false && !isCredential(credential))
    throw invalidMember('credential', 'must be a credential or false', credential)
  return own
}

/** An object literal or a client's copy of one, not an instance of a class, whose members may be inherited. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

export function isCredential(value: unknown): value is Credential {
  return hasMethods(value, ['covers', 'authorization'])
}

function invalidMember(name: string, problem: string, wrong: unknown): Error {
  return invalidOption('@valetkey/core', `valetkey.${name}`, problem, wrong)
}
