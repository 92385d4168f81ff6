import type { Credential } from '@valetkey/core'
import type { Factory, OptionNames, PlacedTokens, Secret } from '@valetkey/core/kit'
import { invalidOption, knownOptions, ownMembers, requireSecret, requireText } from '@valetkey/core/kit'
import type { ApiDialect, EndpointOptions, OAuthOptions, TokenEndpointDialect } from './options.ts'
import { DIALECT, parseUrlOption, requireUrlOption } from './options.ts'

/**
 * What is known of a vendor, as data. URLs and parameters may hold `{placeholders}`, whose values are options of each
 * credential; a URL that begins with `/` is on the host of `baseUrl`, by default on the first of `origins` here.
 */
export interface VendorData extends VendorFacts {
  /** Part of the store key and of every error, e.g. `'github'`. */
  readonly name: string
  readonly placeholders?: Readonly<Record<string, Placeholder>> | undefined
  /** By the name of an option: its values, each with the data that it changes. The first is the default. */
  readonly variants?: Readonly<Record<string, Readonly<Record<string, VendorFacts>>>> | undefined
  /** Options that have to be given, e.g. `['baseUrl']`. */
  readonly required?: readonly string[] | undefined
  /**
   * What may be given as options because servers of this vendor differ: parts of the dialect, or `'origins'` where the API is the
   * program's own.
   */
  readonly adjustable?: readonly (keyof TokenEndpointDialect | 'origins')[] | undefined
}

/** What a variant, or a grant, may change. */
export interface VendorFacts
  extends TokenEndpointDialect,
    EndpointOptions,
    Omit<ApiDialect, 'place'>,
    Pick<OAuthOptions, 'scopes' | 'authorizationParameters' | 'tokenHeaders' | 'lifetimes' | 'dpop'> {
  /** As the vendor writes it, e.g. `'GitHub'`. */
  readonly title?: string | undefined
  /** The vendor's own pages that these data are from, each with the day when it was read (`2026-11-29`). */
  readonly documentation?: Readonly<Record<string, string>> | undefined
  /** Where the vendor's API is: what the credential may be sent to. Absent: `baseUrl` has to be given. */
  readonly origins?: readonly string[] | undefined
  /** Whether the client has a secret: `'none'` where it proves itself otherwise. @default 'required' */
  readonly secret?: 'required' | 'optional' | 'none' | undefined
  readonly pkce?: boolean | undefined
  readonly tokenParameters?: Readonly<Record<string, string>> | undefined
  /** As `place` of every grant; `options` are those of the credential, for headers such as Twitch's `Client-Id`. */
  readonly place?: ((tokens: PlacedTokens, options: Given) => Placement) | undefined
}

type Placement = ReturnType<NonNullable<ApiDialect['place']>>

/** The value of `{name}`, by an option of that name. */
export interface Placeholder {
  /** A label of a host name (`boats`), a host with or without a port, a segment of a path or value of a parameter, or a path that begins with `/`. */
  readonly is: 'label' | 'host' | 'segment' | 'path'
  /** What to give, for people and errors: completes "must be". */
  readonly about: string
  readonly default?: string
  /** Values that look right and are not. */
  readonly except?: readonly string[]
}

/** Makes the factory of a grant. Bundlers leave out the grants for which no factory is used. */
export interface Vendor<Data> {
  /**
   * @param grant of this package, or `createApiKeyCredential`
   * @param given options of the grant, and data of the vendor that are others with it
   */
  <Options extends { readonly vendor: string }, Made extends Credential, const Given extends object = object>(
    grant: Factory<Options, Made>,
    given?: Given & Partial<Options> & Omit<VendorFacts, keyof Options>,
  ): Factory<VendorOptions<Options, Data, Given>, Made>
  readonly data: Data
}

/** The options of a vendor's factory: those of the grant that the vendor's data leave open. */
export type VendorOptions<Options, Data, Given> = Omit<Options, Decided<Options, Data, Given>> &
  (Options extends { readonly clientSecret?: unknown } ? SecretOption<Omit<Data, keyof Given> & Given> : unknown) &
  PlaceholderOptions<Data> &
  VariantOptions<Data> &
  OriginsOption<Data> & { readonly [name in RequiredOption<Data>]: string } & {
    /** For tests and proxies: the only host that the credential is sent to. A path in it does not count. @default the vendor's hosts */
    readonly baseUrl?: string | undefined
  }

/** What the data of a vendor, or the options that are given with the grant, decide. */
type Decided<Options, Data, Given> =
  | 'vendor'
  | 'origins'
  | 'tenant'
  | 'issuer'
  | 'pkce'
  | 'lifetimes'
  | 'clientSecret'
  | Exclude<keyof TokenEndpointDialect | keyof ApiDialect, AdjustableOption<Data> | CustomParameters<Options>>
  | Exclude<keyof Given, keyof EndpointOptions | keyof Additions>
  | (Options extends { readonly redirectUri: string } ? never : 'authorizationUrl')
  | (Data extends { readonly scopeFormat: 'omit' } ? 'scopes' : never)

/** What programs may add to the data. */
type Additions = Pick<OAuthOptions, 'scopes' | 'tokenParameters' | 'authorizationParameters' | 'tokenHeaders'>

/** A vendor-specific grant has its own parameters. */
type CustomParameters<Options> = Options extends { readonly parametersIn?: unknown } ? 'parameters' : never

type AdjustableOption<Data> = Data extends { readonly adjustable: readonly (infer Name)[] } ? Name : never

type OriginsOption<Data> =
  'origins' extends AdjustableOption<Data>
    ? { /** Where your API is. @default the vendor's hosts */ readonly origins?: readonly string[] | undefined }
    : unknown

type RequiredOption<Data> = Data extends { readonly required: readonly (infer Name extends string)[] } ? Name : never

type SecretOption<Data> = Data extends { readonly secret: 'none' }
  ? unknown
  : Data extends { readonly secret: 'optional' }
    ? { readonly clientSecret?: Secret | undefined }
    : { readonly clientSecret: Secret }

type PlaceholderOptions<Data> = Data extends { readonly placeholders: infer Names }
  ? {
      readonly [name in keyof Names as Names[name] extends { readonly default: string } ? never : name]: string
    } & {
      readonly [name in keyof Names as Names[name] extends { readonly default: string } ? name : never]?:
        | string
        | undefined
    }
  : unknown

type VariantOptions<Data> = Data extends { readonly variants: infer Choices }
  ? { readonly [name in keyof Choices]?: keyof Choices[name] | undefined }
  : unknown

/**
 * The factories of a vendor, built from its data. Export one for each grant:
 *
 *     const acme = defineVendor({ name: 'acme', … })
 *     export const clientCredentials = acme(grants.clientCredentials)
 *
 * @throws CredentialError the factories, `invalid_option` and `insecure_url`
 */
export function defineVendor<const Data extends VendorData>(data: Data): Vendor<Data> {
  const define = (grant: Factory<never, Credential>, given: VendorFacts = {}) => {
    const facts: VendorData = ownMembers({ ...data, ...given })
    const names = namesOf(facts, grant.options, given)
    const factory = (options: Given) =>
      grant(complete(facts, knownOptions(data.name, options, names), grant.options) as never)
    return Object.assign(factory, { options: names })
  }
  return Object.assign(define, { data }) as unknown as Vendor<Data>
}

const ADDITIONS: readonly string[] = ['scopes', 'tokenParameters', 'authorizationParameters', 'tokenHeaders']

/** As the type `VendorOptions` has them. */
function namesOf(vendor: VendorData, grant: object, given: object): OptionNames<Given> {
  const { adjustable = [], scopeFormat, secret, placeholders = {}, variants = {} } = vendor
  const isOpen = (name: string): boolean => {
    if (['vendor', 'tenant', 'issuer', 'pkce', 'lifetimes'].includes(name)) return false
    if (name === 'scopes' && scopeFormat === 'omit') return false
    if (name === 'clientSecret' && secret === 'none') return false
    if (name === 'authorizationUrl' && !Object.hasOwn(grant, 'redirectUri')) return false
    if (Object.hasOwn(given, name)) return name.endsWith('Url') || ADDITIONS.includes(name)
    if (name === 'parameters' && Object.hasOwn(grant, 'parametersIn')) return true
    return !(name === 'origins' || Object.hasOwn(DIALECT, name)) || adjustable.some((open) => open === name)
  }
  const names = [...Object.keys(grant).filter(isOpen), ...Object.keys(placeholders), ...Object.keys(variants)]
  return Object.fromEntries(['baseUrl', ...names].map((name) => [name, true] as const))
}

/** The options of a grant. @throws CredentialError `invalid_option`, `insecure_url` */
function complete(vendor: VendorData, own: Given, grant: object): Given {
  const { name } = vendor
  requireText(name, own, vendor.required ?? [])
  const choices = chosen(vendor, own)
  const facts: VendorData = ownMembers(Object.assign({}, vendor, ...choices.values()) as VendorData)
  const { variants = {}, placeholders = {}, secret = 'required', place, ...data } = facts
  const values = Object.entries(placeholders).map(([of, rule]) => [of, placeholderValue(name, own, of, rule)] as const)
  const base = parseUrlOption(name, own, 'baseUrl')
  const texts = ownMembers({ ...own, ...Object.fromEntries(values) })
  const hasSecret = own.clientSecret !== undefined || own.clientKey !== undefined
  const isPublic = secret === 'optional' && !hasSecret && facts.clientAuthentication !== 'client_secret_basic'
  const known = {
    // An API of the program's own, given as `origins`, must not get the client's secret.
    ...expanded(data, texts, base?.origin ?? facts.origins?.[0]),
    ...(place && { place: (tokens: PlacedTokens) => place(tokens, own) }),
    ...(isPublic && { clientAuthentication: 'none', basicEncoding: undefined }),
  }
  // Some have the name of an option of the grant, as `tenant` of Microsoft.
  const apart = { ...placeholders, ...variants }
  const others = Object.fromEntries(Object.entries(own).filter(([option]) => !Object.hasOwn(apart, option)))
  const only = base && { origins: [base.origin] }
  const completed = { ...picked(withOptions(known, others), grant), ...only, vendor: name }
  if (!Object.hasOwn(completed, 'origins')) requireUrlOption(name, own, 'baseUrl')
  if (!Object.hasOwn(grant, 'clientSecret')) return completed
  const isNeeded = secret === 'required' && own.clientKey === undefined
  if (isNeeded || own.clientSecret !== undefined) requireSecret(name, own, ['clientSecret'])
  const isInUrl = (of: string) => own.tokenUrl === undefined && facts.tokenUrl?.includes(`{${of}}`)
  // A token endpoint that a program gives does not distinguish tenants or variants.
  const servers = [...choices].flatMap(([choice, variant]) =>
    own.tokenUrl !== undefined && Object.hasOwn(variant, 'tokenUrl') ? [choice] : [],
  )
  const tenants = [...servers, ...values.flatMap(([of, value]) => (isInUrl(of) ? [] : [value]))]
  const tenant = tenants.length > 1 ? JSON.stringify(tenants) : tenants.join('')
  return { ...completed, ...(tenant !== '' && { tenant }) }
}

type Given = Readonly<Record<string, unknown>>

/** What a grant takes of some members. */
function picked(members: Given, grant: object): Given {
  return Object.fromEntries(Object.entries(members).filter(([name]) => Object.hasOwn(grant, name)))
}

/** Options of a program override the data; its parameters and headers are added to those of the data. */
function withOptions(data: Given, own: Given): Given {
  const given = Object.entries(own).flatMap(([name, value]): [string, unknown][] => {
    // An account that is there without a value is a mistake.
    if (value === undefined && name !== 'account') return []
    if (!Object.hasOwn(data, name)) return [[name, value]]
    return [[name, name !== 'scopes' && ADDITIONS.includes(name) ? beside(data[name], value) : value]]
  })
  return { ...data, ...Object.fromEntries(given) }
}

/** Names of headers differ by more than their case. The grant refuses a value that is not an object of strings. */
function beside(known: unknown, given: unknown): unknown {
  if (typeof given === 'function') return (...of: unknown[]) => beside(known, Reflect.apply(given, undefined, of))
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given
  const names = Object.keys(given).map((name) => name.toLowerCase())
  const others = Object.entries(known ?? {}).filter(([name]) => !names.includes(name.toLowerCase()))
  return { ...Object.fromEntries(others), ...given }
}

/** The chosen variant of each option, as `option=choice`, and its data. @throws CredentialError `invalid_option` */
function chosen(vendor: VendorData, options: Given): ReadonlyMap<string, VendorFacts> {
  const entries = Object.entries(vendor.variants ?? {}).map(([option, variants]): [string, VendorFacts] => {
    const names = Object.keys(variants)
    const { [option]: given = names[0] } = options
    const choice = names.find((name) => name === given)
    const facts = choice === undefined ? undefined : variants[choice]
    if (facts !== undefined) return [`${option}=${choice}`, facts]
    throw invalidOption(vendor.name, option, `must be ${names.map((name) => `'${name}'`).join(' or ')}`)
  })
  return new Map(entries)
}

/** A part of a host name (RFC 1123 §2.1), so that nothing written there leads to another host. */
const DNS_LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

const SHAPES: Readonly<Record<Placeholder['is'], RegExp>> = {
  label: new RegExp(`^${DNS_LABEL}$`),
  host: new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*(?::\\d{1,5})?$`),
  segment: /^(?!\.{1,2}$)[\w.~-]+$/,
  path: /^\/[^?#]*$/,
}

/** @throws CredentialError `invalid_option` */
function placeholderValue(vendor: string, options: Given, name: string, placeholder: Placeholder): string {
  const { is, about, except, default: otherwise } = ownMembers(placeholder)
  const { [name]: given } = options
  if (given === undefined && otherwise !== undefined) return otherwise
  if (given !== '' || otherwise === undefined) requireText(vendor, options, [name])
  const text = String(given)
  const value = is === 'label' || is === 'host' ? text.toLowerCase() : text
  // Invalid addresses and ports can have the shape of a host, too.
  const isParsed = is !== 'host' || URL.canParse(`https://${text}`)
  if (SHAPES[is].test(text) && isParsed && !except?.includes(value)) return value
  throw invalidOption(vendor, name, `must be ${about}`)
}

/** Other objects, such as a store, are the program's. */
function isPlain(value: unknown): value is Given {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Texts with the values of their placeholders; a path is put on `origin`. */
function expanded(data: Given, values: Given, origin: unknown): Given {
  const expand = (value: unknown, isUrl = false): unknown => {
    if (Array.isArray(value)) return value.map((each) => expand(each))
    if (isPlain(value)) return expanded(value, values, undefined)
    if (typeof value !== 'string') return value
    const text = value.replace(/\{(\w+)\}/g, (whole: string, name: string) => {
      const text = values[name]
      return typeof text === 'string' ? text : whole
    })
    if (!isUrl || origin === undefined || !text.startsWith('/')) return text
    // Unlike `new URL(path, origin)` it stays on the host, with any path.
    return new URL(`${new URL(String(expand(origin))).origin}${text}`).href
  }
  const entries = Object.entries(data).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [name, expand(value, name.endsWith('Url'))]))
}
