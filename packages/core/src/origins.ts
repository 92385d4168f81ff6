import { CredentialError } from './errors.ts'
import { invalidOption } from './options.ts'

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
  return new CredentialError('insecure_url', message, { vendor: packageName.replace(/^@valetkey\//, '') })
}

function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname === '[::1]' || (hostname.startsWith('127.') && isDottedQuad(hostname))
}

/** A host name and a path, as nearly every URL of an API: told apart from the rest by one look, for every request. */
const USUAL_URL = /^https?:\/\/[a-z0-9.-]+\.[a-z]+\//

/** The text up to the path, if it has only characters that `URL.origin` prints as they are. */
const PLAIN_ORIGIN = /^https?:\/\/[a-z0-9.-]+(?::[1-9]\d{0,4})?(?![^/?#\\])/

/**
 * The origin of an absolute http(s) URL; undefined for any other text and for a URL with user name or password.
 * A URL whose origin is written as `URL.origin` prints it, which is every usual one, costs no `URL` object.
 */
export function originOf(url: string): string | undefined {
  if (USUAL_URL.test(url)) {
    const origin = url.slice(0, url.indexOf('/', 8))
    if (!origin.includes('--')) return origin
  }
  const plain = PLAIN_ORIGIN.exec(url)?.[0]
  return plain !== undefined && isCanonical(plain) ? plain : parsedOriginOf(url)
}

/** Whether `URL.origin` prints this text as it is: no default port, no `xn--` to decode, no number that is an address. */
function isCanonical(origin: string): boolean {
  const hostStart = origin.indexOf('/') + 2
  const lastLabel = origin.charCodeAt(origin.lastIndexOf('.') + 1 || hostStart)
  if (origin.endsWith(hostStart === 8 ? ':443' : ':80') || origin.includes('xn--')) return false
  return lastLabel >= 'a'.charCodeAt(0) || isDottedQuad(origin.slice(hostStart).split(':', 1)[0] ?? '')
}

function isDottedQuad(host: string): boolean {
  const parts = host.split('.')
  return parts.length === 4 && parts.every((part) => String(Number(part)) === part && Number(part) <= 255)
}

function parsedOriginOf(url: string): string | undefined {
  try {
    const { protocol, username, password, origin } = new URL(url)
    const isHttp = protocol === 'https:' || protocol === 'http:'
    return isHttp && username === '' && password === '' ? origin : undefined
  } catch {
    return undefined
  }
}
