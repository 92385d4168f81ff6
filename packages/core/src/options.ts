import { CredentialError } from './errors.ts'

/** `[@valetkey/airthings] "clientSecret" is required`; `problem` completes the sentence and says what to do. */
export function invalidOption(packageName: string, option: string, problem: string): CredentialError<'invalid_option'> {
  const vendor = vendorOf(packageName)
  return new CredentialError('invalid_option', `[${packageName}] "${option}" ${problem}`, { vendor, option })
}

/** Throws `invalid_option` unless each named option is a non-empty string. */
export function requireText<Option extends string>(
  packageName: string,
  options: { readonly [name in Option]?: unknown } | undefined,
  names: readonly Option[],
): void {
  for (const name of names) {
    const value = ownOption(packageName, options, name)
    if (value === undefined || value === '') throw invalidOption(packageName, name, 'is required')
    if (typeof value !== 'string')
      throw invalidOption(packageName, name, `must be a string, not ${value === null ? 'null' : typeof value}`)
  }
}

/** Throws `invalid_option` unless each named option is a non-empty string or a function that gives one. */
export function requireSecret<Option extends string>(
  packageName: string,
  options: { readonly [name in Option]?: unknown } | undefined,
  names: readonly Option[],
): void {
  for (const name of names) {
    if (typeof ownOption(packageName, options, name) !== 'function') requireText(packageName, options, [name])
  }
}

/** Own members only: a polluted prototype cannot inject an option. */
function ownOption(packageName: string, options: object | undefined, name: string): unknown {
  if (typeof options !== 'object' || options === null) {
    throw invalidOption(packageName, name, 'is required: pass an options object')
  }
  return Object.hasOwn(options, name) ? (options as Record<string, unknown>)[name] : undefined
}

/** `airthings` of `@valetkey/airthings`, `kestrel` of `valetkey-kestrel`. */
export function vendorOf(packageName: string): string {
  return packageName.replace(/^(@valetkey\/|valetkey-)/, '')
}
