import { usageError } from '../cli-error.ts'
import { isObject, isTexts, type JsonObject, member } from '../json.ts'

/**
 * What a vendor package says about itself in the member `valetkey` of its package.json, so that the command line can ask
 * for its options without running it.
 */
export interface VendorDescription {
  /** As the vendor writes it; the vendor's name if absent. */
  readonly title: string
  /** The ways to sign in, by the name of the factory among the package's exports. The first is the one that `valetkey login` takes. */
  readonly grants: Readonly<Record<string, GrantDescription>>
  /** By name; of the options of all grants. */
  readonly options: Readonly<Record<string, OptionDescription>>
  /** The hosts that `valetkey doctor` looks at. */
  readonly hosts: readonly string[]
}

export interface GrantDescription {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

export interface OptionDescription {
  /** Where the person finds it. */
  readonly about?: string
  readonly choices?: readonly string[]
  /** Asked for without echo, never in a configuration file. */
  readonly secret: boolean
  /** Whether a secret is kept, encrypted, with the account; what is not is needed for a sign-in only. */
  readonly keep: boolean
  readonly type: 'text' | 'list' | 'pairs' | 'flag'
}

/** Unlisted options of factories, and whether a factory with the listed options takes them. */
const COMMON: Readonly<Record<string, (listed: readonly string[]) => boolean>> = {
  baseUrl: (listed) => !listed.includes('origins'),
  tokenUrl: (listed) => !listed.includes('apiKey'),
  authorizationUrl: (listed) => listed.includes('redirectUri'),
  allowInsecureRequests: () => true,
}

/** What the names that all vendors share stand for. */
const KNOWN: Readonly<Record<string, Partial<OptionDescription>>> = {
  clientSecret: { secret: true },
  apiKey: { secret: true },
  password: { secret: true, keep: false },
  assertion: { about: 'a signed JWT', secret: true, keep: false },
  subjectToken: { about: 'the token to exchange', secret: true, keep: false },
  actorToken: { about: 'the token of the party that acts', secret: true, keep: false },
  scopes: { type: 'list' },
  origins: { type: 'list' },
  resource: { type: 'list' },
  audience: { type: 'list' },
  tokenParameters: { type: 'pairs' },
  authorizationParameters: { type: 'pairs' },
  tokenHeaders: { type: 'pairs' },
  dpop: { type: 'flag' },
  allowInsecureRequests: { type: 'flag' },
}

const PLAIN: OptionDescription = { secret: false, keep: true, type: 'text' }

/**
 * @param packageName for errors
 * @param value the member `valetkey` of its package.json
 * @throws CliError `usage`, in the words of the member that is wrong
 */
export function parseVendorDescription(packageName: string, value: unknown): VendorDescription {
  const wrong = (place: string, problem: string) =>
    usageError(`${packageName}: "valetkey${place}" in its package.json ${problem}`)
  if (!isObject(value)) throw wrong('', 'must be an object')
  const title = member(value, 'title') ?? vendorNameOf(packageName)
  if (typeof title !== 'string') throw wrong('.title', 'must be a string')
  const hosts = member(value, 'hosts') ?? []
  if (!isTexts(hosts)) throw wrong('.hosts', 'must be an array of URLs')
  const grants = Object.entries(objectOf(member(value, 'grants'), () => wrong('.grants', 'must be an object')))
  if (grants.length === 0) throw wrong('.grants', 'must name a grant')
  const parsed = grants.map(([name, names]): [string, GrantDescription] => {
    if (!isTexts(names)) throw wrong(`.grants.${name}`, 'must be an array of option names')
    return [name, parseGrant(names)]
  })
  const described = objectOf(member(value, 'options') ?? {}, () => wrong('.options', 'must be an object'))
  const options = namesOf(parsed).map((name): [string, OptionDescription] => [
    name,
    parseOption(name, member(described, name)),
  ])
  return { title, grants: Object.fromEntries(parsed), options: Object.fromEntries(options), hosts }
}

/** `airthings` of `@valetkey/airthings`, `kestrel` of `valetkey-kestrel` and `@acme/valetkey-kestrel`. */
export function vendorNameOf(packageName: string): string {
  return packageName.replace(/^(@valetkey\/|(@[^/]+\/)?valetkey-)/, '')
}

/** `clientId` is required, `api?` is not. */
function parseGrant(names: readonly string[]): GrantDescription {
  const optional = names.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1))
  const required = names.filter((name) => !name.endsWith('?'))
  const listed = [...optional, ...required]
  const common = Object.keys(COMMON).filter((name) => !listed.includes(name) && COMMON[name]?.(listed))
  return { required, optional: [...optional, ...common] }
}

function parseOption(name: string, given: unknown): OptionDescription {
  const [about, choices, secret, keep] = ['about', 'choices', 'secret', 'keep'].map((part) => member(given, part))
  const type = member(given, 'type')
  return {
    ...PLAIN,
    ...(Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined),
    ...(typeof about === 'string' && { about }),
    ...(isTexts(choices) && { choices }),
    ...(typeof secret === 'boolean' && { secret }),
    ...(typeof keep === 'boolean' && { keep }),
    ...((type === 'text' || type === 'list' || type === 'flag' || type === 'pairs') && { type }),
  }
}

function namesOf(grants: readonly (readonly [string, GrantDescription])[]): string[] {
  return [...new Set(grants.flatMap(([, { required, optional }]) => [...required, ...optional]))]
}

function objectOf(value: unknown, error: () => Error): JsonObject {
  if (!isObject(value)) throw error()
  return value
}
