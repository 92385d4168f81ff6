import { CredentialError } from './errors.ts'
import { invalidOption, vendorOf } from './options.ts'

export interface OriginList {
  /** Whether `origin`, as `URL.origin` prints it, is in the list. */
  readonly covers: (origin: string) => boolean
}

export interface OriginRules {
  /** Permits `http:` for loopback hosts, and for no others. @default false */
  readonly allowInsecureRequests?: boolean | undefined
  /** The option that errors name. @default 'origins' */
  readonly option?: string | undefined
}

/**
 * The origins that a credential may be sent to, e.g. `https://api.example.com`.
 * @throws CredentialError `invalid_option` for anything but bare origins, `insecure_url` for `http:` where it is not permitted
 */
export function parseOrigins(packageName: string, origins: readonly string[], rules: OriginRules = {}): OriginList {
  const { option = 'origins' } = rules
  if (!Array.isArray(origins) || origins.length === 0) throw invalidOption(packageName, option, 'must name an origin')
  const allowed = origins.map((text: string) => parseBareOrigin(packageName, text, rules))
  return { covers: (origin) => allowed.includes(origin) }
}

/**
 * The origin of a base URL; its path is ignored.
 * @throws CredentialError as `parseOrigins`
 */
export function parseOrigin(packageName: string, url: string, rules: OriginRules = {}): string {
  const { option = 'origins' } = rules
  const origin = typeof url === 'string' ? originOf(url) : undefined
  if (origin === undefined) {
    throw invalidOption(packageName, option, 'must be an absolute https URL without user name and password')
  }
  const isPermitted = origin.startsWith('https:') || (rules.allowInsecureRequests === true && isLoopback(origin))
  if (!isPermitted) throw insecureUrl(packageName, option)
  return origin
}

function parseBareOrigin(packageName: string, text: string, rules: OriginRules): string {
  const origin = parseOrigin(packageName, text, rules)
  if (new URL(text).href === `${origin}/`) return origin
  const { option = 'origins' } = rules
  throw invalidOption(packageName, option, 'must be origins like "https://api.example.com", without a path')
}

function insecureUrl(packageName: string, option: string): CredentialError<'insecure_url'> {
  const message = `[${packageName}] "${option}" must be https; http is for loopback hosts, with "allowInsecureRequests"`
  return new CredentialError('insecure_url', message, { vendor: vendorOf(packageName) })
}

function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** The origin of an absolute http(s) URL; undefined for any other text and for a URL with user name or password. */
export function originOf(url: string): string | undefined {
  try {
    const { protocol, username, password, origin } = new URL(url)
    return /^https?:$/.test(protocol) && username === '' && password === '' ? origin : undefined
  } catch {
    return undefined
  }
}
