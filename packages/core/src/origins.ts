import { CredentialError } from './errors.ts'
import { ownMembers } from './members.ts'
import { invalidOption, vendorOf } from './options.ts'

export interface OriginList {
  /** Normalised; patterns as `https://*.example.com`. */
  readonly origins: readonly string[]
  /** Whether `origin`, as `URL.origin` prints it, is in the list. */
  readonly covers: (origin: string) => boolean
}

/** Where `http:` is permitted: `true` for loopback hosts, or the hosts that are listed, each as `URL.host` prints it. */
export type InsecureHosts = boolean | readonly string[]

export interface OriginRules {
  /** Permits `http:`: `true` for loopback hosts, an array for these hosts (`'keycloak:8080'`). @default false */
  readonly allowInsecureRequests?: InsecureHosts | undefined
  /** The option that errors name. @default 'origins' */
  readonly option?: string | undefined
}

/**
 * The origins that a credential may be sent to, e.g. `https://api.example.com`, or patterns of them, e.g.
 * `https://*.example.com`: the wildcard is exactly one label, and at least two labels follow it.
 * @throws CredentialError `invalid_option` for everything except bare origins and such patterns, `insecure_url` for `http:` where
 *   it is not permitted
 */
export function parseOrigins(owner: string, origins: readonly string[], rules: OriginRules = {}): OriginList {
  const own = ownMembers(rules)
  const { option = 'origins' } = own
  requireInsecureHosts(owner, own.allowInsecureRequests)
  if (!Array.isArray(origins))
    throw invalidOption(owner, option, 'must be an array of origins, such as ["https://api.example.com"]', origins)
  if (origins.length === 0) throw invalidOption(owner, option, 'must name an origin')
  const allowed: readonly string[] = Object.freeze(
    origins.map((text: unknown) =>
      typeof text === 'string' && text.includes('*')
        ? parsePattern(owner, text, option)
        : parseBareOrigin(owner, text as string, own),
    ),
  )
  const endings = allowed.flatMap((origin) => (origin.startsWith(WILDCARD) ? [origin.slice(WILDCARD.length)] : []))
  return { origins: allowed, covers: endings.length === 0 ? coversOf(allowed) : coversWithPatterns(allowed, endings) }
}

/** Separate functions, since `covers` holds all variables of the one that makes it: there may be very many. */
function coversOf(origins: readonly string[]): OriginList['covers'] {
  return (origin) => origins.includes(origin)
}

function coversWithPatterns(allowed: readonly string[], endings: readonly string[]): OriginList['covers'] {
  const exact = allowed.filter((origin) => !origin.startsWith(WILDCARD))
  return (origin) => exact.includes(origin) || endings.some((ending) => isOneLabelBefore(ending, origin))
}

const WILDCARD = 'https://*'

/**
 * A label of a host as DNS knows it, in lower case and Punycode as the URL parser prints it. Some hosts have underscores. Not
 * every platform's parser refuses Punycode of nothing.
 */
const LABEL = /^(?!xn--$)[a-z0-9_-]{1,63}$/

/** Whether an origin is `https://`, one label and `ending`, e.g. `.example.com:8443`. */
function isOneLabelBefore(ending: string, origin: string): boolean {
  if (!origin.startsWith('https://') || !origin.endsWith(ending)) return false
  return LABEL.test(origin.slice('https://'.length, -ending.length))
}

/** `https://*.example.com`, normalised. */
function parsePattern(owner: string, text: string, option: string): string {
  const rest = /^https:\/\/\*\.([^*/?#\\@]+)\/?$/i.exec(text)?.[1]
  const origin = rest === undefined ? undefined : originOf(`https://${rest}`)
  const { hostname, host } = new URL(origin ?? 'https://none')
  const labels = hostname.split('.')
  // The parser refuses every other host whose last label is a number.
  const isAddress = /^[\d.]+$/.test(hostname)
  if (labels.length >= 2 && !isAddress && labels.every((label) => LABEL.test(label))) return `${WILDCARD}.${host}`
  const problem =
    'must have a wildcard only as the first label of an https origin with two more: "https://*.example.com"'
  throw invalidOption(owner, option, problem)
}

/**
 * The origin of a base URL; its path is ignored.
 * @throws CredentialError as `parseOrigins`
 */
export function parseOrigin(owner: string, url: string, rules: OriginRules = {}): string {
  return parseSecureUrl(owner, url, ownMembers(rules)).origin
}

/** One of an origin that may be sent to. */
function parseSecureUrl(owner: string, text: string, { option = 'origins', allowInsecureRequests }: OriginRules): URL {
  requireInsecureHosts(owner, allowInsecureRequests)
  const url = typeof text === 'string' ? httpUrl(text) : undefined
  // The parser makes an asterisk of `%2A` and of full-width ones, too.
  if (url === undefined || url.host.includes('*')) {
    const problem = 'must be an absolute https URL without user name and password'
    throw invalidOption(owner, option, problem, ...(typeof text === 'string' ? [] : [text]))
  }
  if (!isSecureEnough(url, allowInsecureRequests)) throw insecureUrl(owner, option, url)
  return url
}

function parseBareOrigin(owner: string, text: string, rules: OriginRules): string {
  const { href, origin } = parseSecureUrl(owner, text, rules)
  if (href === `${origin}/`) return origin
  const { option = 'origins' } = rules
  throw invalidOption(owner, option, 'must be origins like "https://api.example.com", without a path')
}

/** That option `option` is an http URL whose host is not permitted; says what would permit it. */
export function insecureUrl(owner: string, option: string, { host, hostname }: URL): CredentialError<'insecure_url'> {
  const permission = isLoopback(hostname)
    ? 'for this loopback host set "allowInsecureRequests" to true'
    : `for a development host add "${host}" to "allowInsecureRequests"`
  return new CredentialError('insecure_url', `[${owner}] "${option}" must be https; ${permission}`, {
    vendor: vendorOf(owner),
  })
}

/** https, or http to a host that is permitted. */
export function isSecureEnough({ protocol, host, hostname }: URL, permitted: InsecureHosts | undefined): boolean {
  if (protocol !== 'http:') return protocol === 'https:'
  if (typeof permitted !== 'object') return permitted === true && isLoopback(hostname)
  return permitted.some((entry) => hostOf(entry) === host)
}

/** @throws CredentialError `invalid_option` for what is neither a boolean nor a list of hosts */
export function requireInsecureHosts(owner: string, permitted: unknown): void {
  if (permitted === undefined || typeof permitted === 'boolean') return
  if (Array.isArray(permitted) && permitted.length > 0 && permitted.every((entry) => hostOf(entry) !== undefined))
    return
  const problem = 'must be true, or an array of hosts such as "keycloak:8080", without scheme, path and wildcard'
  throw invalidOption(owner, 'allowInsecureRequests', problem)
}

/** As `URL.host` prints it: in lower case, without the port 80. */
function hostOf(entry: unknown): string | undefined {
  const isHost = typeof entry === 'string' && /^[^\s/\\?#@*]+$/.test(entry) && URL.canParse(`http://${entry}`)
  return isHost ? new URL(`http://${entry}`).host : undefined
}

/** `hostname` as the URL parser prints it: IPv4 in four decimal parts, IPv6 in brackets. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** The origin of an absolute http(s) URL; undefined for any other text and for a URL with user name or password. */
export function originOf(url: string): string | undefined {
  return httpUrl(url)?.origin
}

function httpUrl(text: string): URL | undefined {
  try {
    const url = new URL(text)
    return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' ? url : undefined
  } catch {
    return undefined
  }
}
