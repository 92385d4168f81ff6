import { isCredentialError } from '@valetkey/core'
import { CREDENTIAL_OPTIONS } from '@valetkey/core/kit'
import type { VendorData } from '@valetkey/oauth2'
import { usageError } from '../cli-error.ts'
import { isObject, type JsonObject, member } from '../json.ts'
import { parseVendorDescription, type VendorDescription } from './description.ts'

/**
 * What a module of the catalogue would say in a package.json. The catalogue is the command line's own, so it is asked: its data
 * say what options are for, its factories which there are, and which they refuse to be without.
 * @throws CliError `usage`
 */
export function describeModule(name: string, module: unknown): VendorDescription {
  if (!isVendorModule(module)) throw usageError(`${name}: it exports no vendor`)
  const { vendor, ...others } = module
  const { title, placeholders = {}, variants = {}, origins = [], tokenUrl = '' } = vendor.data
  const grants = Object.entries(others)
    .flatMap(([grant, factory]) => (isFactory(factory) ? [[grant, namesOf(factory, variants)] as const] : []))
    .toSorted(([a], [b]) => placeOf(a) - placeOf(b))
  const described = Object.entries(placeholders).map(([option, { about, default: usual }]) => {
    return [option, { about: usual ? `${about} (default ${usual})` : about }] as const
  })
  const chosen = Object.entries(variants).map(([option, of]) => [option, { choices: Object.keys(of) }] as const)
  return parseVendorDescription(name, {
    title,
    grants: Object.fromEntries(grants),
    options: { ...Object.fromEntries(described), ...Object.fromEntries(chosen) },
    hosts: [...origins, tokenUrl].filter((url) => url.startsWith('https://') && !/[{*]/.test(url)),
  })
}

interface VendorModule {
  readonly vendor: { readonly data: VendorData }
  /** The factories. */
  readonly [name: string]: unknown
}

function isVendorModule(module: unknown): module is VendorModule {
  const vendor = member(module, 'vendor')
  return typeof vendor === 'function' && 'data' in vendor && isObject(vendor.data)
}

type Factory = ((options: object) => unknown) & { readonly options: JsonObject }

function isFactory(value: unknown): value is Factory {
  return typeof value === 'function' && 'options' in value && isObject(value.options)
}

/** The ways to sign in that people look for first; modules have theirs by the alphabet. */
const USUAL = ['authorizationCode', 'deviceCode', 'clientCredentials']

function placeOf(grant: string): number {
  return USUAL.includes(grant) ? USUAL.indexOf(grant) : USUAL.length
}

/** Options that a user cannot type in. */
const FOR_PROGRAMS = [
  ...Object.keys(CREDENTIAL_OPTIONS),
  'clientKey',
  'introspectionUrl',
  'parameters',
  'parametersIn',
  'refresh',
  'secrets',
]

/** `clientId` if every choice requires it, else `clientSecret?`. */
function namesOf(factory: Factory, variants: NonNullable<VendorData['variants']>): string[] {
  const options = Object.keys(factory.options)
  const choices = Object.entries(variants)
    .filter(([option]) => options.includes(option))
    .flatMap(([option, of]) => Object.keys(of).map((choice) => ({ [option]: choice })))
  const required = [{}, ...choices].map((chosen) => requiredBy(factory, chosen))
  return options
    .filter((name) => !FOR_PROGRAMS.includes(name))
    .map((name) => (required.every((names) => names.includes(name)) ? name : `${name}?`))
}

/** One of them passes for any option: a name, a path, a URL. */
const SAMPLES = ['sample', '/sample', 'https://sample.example']

/** The options that the factory asks for in addition to `chosen`, one by one, until it makes a credential. */
function requiredBy(factory: Factory, chosen: object): string[] {
  const given = new Map<string, string>()
  for (;;) {
    const option = optionRefused(factory, { ...chosen, ...Object.fromEntries(given) })
    const sample = SAMPLES[SAMPLES.indexOf(given.get(option ?? '') ?? '') + 1]
    if (option === undefined || sample === undefined) return [...given.keys()]
    given.set(option, sample)
  }
}

function optionRefused(factory: Factory, options: object): string | undefined {
  try {
    factory(options)
    return undefined
  } catch (error) {
    if (isCredentialError(error, 'invalid_option')) return error.option
    throw error
  }
}
