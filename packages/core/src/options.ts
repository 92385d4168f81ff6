import { CredentialError } from './errors.ts'
import { hasMethods, ownMembers } from './members.ts'

/**
 * `[airthings] "clientSecret" must be a string, not a number`.
 * @param problem completes the sentence and says what to do
 * @param wrong a value of the wrong type: the message names its shape, never its content
 */
export function invalidOption(
  owner: string,
  option: string,
  problem: string,
  ...wrong: readonly [value?: unknown]
): CredentialError<'invalid_option'> {
  const shape = wrong.length > 0 ? `, not ${shapeOf(wrong[0])}` : ''
  const vendor = vendorOf(owner)
  return new CredentialError('invalid_option', `[${owner}] "${option}" ${problem}${shape}`, { vendor, option })
}

/** `an array of 3`, `a URL`: a value given by mistake may be a secret, so its content is left out. */
function shapeOf(value: unknown): string {
  if (value === undefined || value === null || Number.isNaN(value)) return String(value)
  if (value === '') return 'an empty string'
  if (Array.isArray(value)) return value.length > 0 ? `an array of ${value.length}` : 'an empty array'
  if (hasMethods(value, ['then'])) return 'a Promise (is an "await" missing?)'
  if (typeof value === 'number' && value < 0) return 'a negative number'
  if (typeof value !== 'object') return value === Number.POSITIVE_INFINITY ? 'Infinity' : `a ${typeof value}`
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } } | null
  const name = String(prototype?.constructor?.name)
  if (name === 'Object' || !/^[A-Z]\w{1,40}$/.test(name)) return 'an object'
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
}

/** Throws `invalid_option` unless each named option is a non-empty string. */
export function requireText<Option extends string>(
  owner: string,
  options: { readonly [name in Option]?: unknown } | undefined,
  names: readonly Option[],
): void {
  for (const name of names) {
    const value = ownOption(owner, options, name)
    if (value === undefined || value === '') throw invalidOption(owner, name, 'is required')
    if (typeof value !== 'string') throw invalidOption(owner, name, 'must be a string', value)
  }
}

/**
 * Throws `invalid_option` unless each named option is a non-empty string that does not end in a line break, as what is read
 * from a file often does, or a function that gives one.
 */
export function requireSecret<Option extends string>(
  owner: string,
  options: { readonly [name in Option]?: unknown } | undefined,
  names: readonly Option[],
): void {
  for (const name of names) {
    const value = ownOption(owner, options, name)
    if (typeof value === 'function') continue
    requireText(owner, options, [name])
    if (/[\r\n]$/.test(String(value))) throw invalidOption(owner, name, 'ends in a line break: trim it')
  }
}

/**
 * The value of an environment variable, for an option that has to have one:
 *
 *     clientId: requireEnv(process.env, 'ACME_CLIENT_ID'),
 *
 * @param env `process.env`, `Deno.env.toObject()` or the `env` of a Worker
 * @throws CredentialError `invalid_option`, which names the variable, when it is not set or empty
 */
export function requireEnv<Name extends string>(env: { readonly [name in Name]?: unknown }, name: Name): string {
  const value = ownOption('environment', env, name)
  if (typeof value === 'string' && value !== '') return value
  if (value === undefined || value === '')
    throw invalidOption('environment', name, value === '' ? 'is empty' : 'is not set')
  throw invalidOption('environment', name, 'must be a string', value)
}

const KEY_BYTES = 32

/** What a key must be: the end of a sentence. */
export const KEY_HOW_TO: string =
  'must be 32 random bytes as base64, base64url or hex, never a password; ' +
  `make one with: node -p "crypto.randomBytes(32).toString('base64')"`

/**
 * A copy of the 32 bytes of a key, which may also be base64, base64url or hex.
 * @throws CredentialError `invalid_option`, which never quotes the key
 */
export function requireKey(owner: string, key: unknown, option: string): Uint8Array<ArrayBuffer> {
  if (typeof key === 'string' && /[\r\n]$/.test(key))
    throw invalidOption(owner, option, 'ends in a line break: trim it')
  const bytes = typeof key === 'string' ? decodeKey(key) : key
  if (isBytes(bytes) && bytes.length === KEY_BYTES) return Uint8Array.from(bytes)
  throw invalidOption(owner, option, KEY_HOW_TO)
}

function decodeKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if (!/^(?:[A-Za-z0-9_-]{43}|[A-Za-z0-9+/]{43})=?$/.test(text)) return undefined
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}

/** Tags, since a key may come from another realm. */
function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]'
}

/**
 * `options.account`, or `'default'` where it is left out. Present without a value is a mistake: a session without a user must
 * not get the account that all sessions without a user share.
 * @throws CredentialError `invalid_option`
 */
export function accountOption(owner: string, options: { readonly account?: unknown }): string {
  const account = Object.hasOwn(options, 'account') ? options.account : 'default'
  if (typeof account === 'string' && account !== '') return account
  throw invalidOption(owner, 'account', 'must be a non-empty string (leave it out for "default")', account)
}

/** The names of a factory's options. A member of `Options` that is missing in it does not compile. */
export type OptionNames<Options> = { readonly [name in keyof Options]-?: true }

/**
 * The own members of `options`, as `ownMembers` copies them.
 * @param place the prefix of the name in errors, e.g. `'keys[0].'`
 * @throws CredentialError `invalid_option` for a name that is not in `names`, with any value; the message has the nearest
 * known name, or all of them
 */
export function knownOptions<Options extends object>(
  owner: string,
  options: Options,
  names: OptionNames<Options>,
  place = '',
): Options {
  assertKnownOptions(owner, options, names, place)
  return ownMembers(options)
}

/** A function that makes a credential of a vendor, and the names of its options. */
export interface Factory<Options, Made> {
  (options: Options): Made
  readonly options: OptionNames<Options>
}

/**
 * A factory whose `make` gets own members only.
 * @param owner speaks in errors about options that name no vendor
 */
export function createFactory<Options extends { readonly vendor: string }, Made>(
  owner: string,
  names: OptionNames<Options>,
  make: (own: Options) => Made,
): Factory<Options, Made> {
  const factory = (options: Options): Made => make(knownOptions(ownerOf(options, owner), options, names))
  return Object.assign(factory, { options: names })
}

/** As `knownOptions`, without the copy. @throws CredentialError `invalid_option` */
export function assertKnownOptions<Options extends object>(
  owner: string,
  options: Options | undefined,
  names: OptionNames<Options>,
  place = '',
): void {
  if (options !== undefined && options !== null && typeof options !== 'object')
    throw invalidOption(owner, 'options', 'must be an object', options)
  for (const name in options)
    if (!Object.hasOwn(names, name) && Object.hasOwn(options, name))
      throw unknownOption(owner, name, Object.keys(names).sort(), place)
}

/** Of the own members of `options` those in `names`. */
export function pickOptions<Options extends object, Names extends object>(
  options: Options,
  names: Names,
): Pick<Options, keyof Options & keyof Names> {
  const picked: Partial<Options> = {}
  for (const name of Object.keys(options) as (keyof Options)[])
    if (Object.hasOwn(names, name)) picked[name] = options[name]
  return picked as Pick<Options, keyof Options & keyof Names>
}

function unknownOption(
  owner: string,
  given: string,
  names: readonly string[],
  place: string,
): CredentialError<'invalid_option'> {
  const [nearest] = names
    .map((name) => ({ name, distance: editDistance(plain(given), plain(name)) }))
    .filter(({ distance }) => distance <= plain(given).length / 3)
    .sort((a, b) => a.distance - b.distance)
  const advice = nearest ? `: did you mean "${nearest.name}"?` : `; the options are ${names.join(', ')}`
  return invalidOption(owner, `${place}${given}`, `is not an option${advice}`)
}

/** `client_id`, `clientID` and `clientId` are the same. Longer than any option it has none near it. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '').slice(0, 64)
}

/** How many letters to insert, remove or replace (Levenshtein). */
export function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...from].entries()) {
    const below = [row + 1]
    for (const [column, cost] of above.slice(0, -1).entries()) {
      const replaced = cost + (letter === to[column] ? 0 : 1)
      below.push(Math.min(replaced, (above[column + 1] ?? 0) + 1, (below[column] ?? 0) + 1))
    }
    above = below
  }
  return above.at(-1) ?? 0
}

/** Own members only: a polluted prototype cannot inject an option. */
function ownOption(owner: string, options: object | undefined, name: string): unknown {
  if (typeof options !== 'object' || options === null) {
    throw invalidOption(owner, name, 'is required: pass an options object')
  }
  return Object.hasOwn(options, name) ? (options as Record<string, unknown>)[name] : undefined
}

/** `airthings` of `@valetkey/airthings`, `kestrel` of `valetkey-kestrel`. */
export function vendorOf(owner: string): string {
  return owner.replace(/^(@valetkey\/|valetkey-)/, '')
}

/** Who speaks in errors about options that name a vendor: the vendor, where it is a name at all. */
export function ownerOf(options: { readonly vendor?: unknown } | undefined, otherwise = '@valetkey/core'): string {
  const { vendor } = ownMembers(options ?? {})
  return typeof vendor === 'string' && vendor !== '' ? vendor : otherwise
}

/** On a fetch that sends with credentials: the fetch inside it. */
export const INNER_FETCH: unique symbol = Symbol.for('valetkey.fetch') as typeof INNER_FETCH

/** Token requests are sent without any credential of ours: they would wait for themselves. */
export function innermostFetch(outer: typeof fetch): typeof fetch {
  let inner = outer
  while (INNER_FETCH in inner && typeof inner[INNER_FETCH] === 'function') inner = inner[INNER_FETCH] as typeof fetch
  // Browsers refuse a fetch that is called as a method of another object.
  return (input, init) => inner(input, init)
}
