import { mayHaveBody } from './body.ts'

export function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === 'object' && 'url' in input
}

/** The absolute URL, if there is one; read without a `URL` object or a `Request`. */
export function urlOf(input: RequestInfo | URL): string {
  if (isRequest(input)) return input.url
  const url = typeof input === 'object' && 'href' in input ? input.href : String(input)
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  return base === undefined ? url : (parseUrl(url, base)?.href ?? url)
}

/** `URL.canParse` of Node 20 denies international names. */
export function parseUrl(url: string, base: string): URL | undefined {
  try {
    return new URL(url, base)
  } catch {
    return undefined
  }
}

export function headersOf(input: RequestInfo | URL, init: RequestInit | undefined): HeadersInit | undefined {
  return init?.headers ?? (isRequest(input) ? input.headers : undefined)
}

/** The `Request` whose body is sent, if it is one. */
export function requestWithBody(input: RequestInfo | URL, init: RequestInit | undefined): Request | undefined {
  return isRequest(input) && (init?.body ?? undefined) === undefined && mayHaveBody(input) ? input : undefined
}

/** What fetch reads of `init`, most of which a `Request` has too; runtimes differ. */
const MEMBERS = [
  'body',
  'cache',
  'cf',
  'credentials',
  'dispatcher',
  'duplex',
  'integrity',
  'keepalive',
  'method',
  'mode',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
  'signal',
]

/** What sends the same by `fetch(url, …)` as `fetch(request, init)` does; a body of the request is there as its stream. */
export function asInit(request: Request, init: RequestInit): RequestInit {
  const own = Object.entries(init).filter(
    ([name, value]) => value !== undefined && !(name === 'body' && value === null),
  )
  const members: RequestInit = { ...readMembers(request), headers: request.headers, ...Object.fromEntries(own) }
  // No `init` may ask for the mode of a navigation.
  if (members.mode === 'navigate') delete members.mode
  return members
}

/** What a spread copies, and what a class (a `Request` used as `init`) or a chain of defaults has beside it. */
export function membersOf(init: RequestInit | undefined): RequestInit | undefined {
  const prototype: unknown = init && Object.getPrototypeOf(init)
  if (!init || prototype === Object.prototype || prototype === null) return init
  return { ...readMembers(init), ...init }
}

function readMembers(from: Request | RequestInit): RequestInit {
  const members = MEMBERS.map((name): [string, unknown] => [name, Reflect.get(from, name)])
  return Object.fromEntries(members.filter(([, value]) => value !== undefined))
}
