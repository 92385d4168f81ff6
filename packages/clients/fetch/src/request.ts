import { mayHaveBody } from './body.ts'

export function isRequest(input: RequestInfo | URL): input is Request {
  return typeof input === 'object' && 'url' in input
}

/** The absolute URL, if there is one; read without a `URL` object or a `Request`. */
export function urlOf(input: RequestInfo | URL): string {
  if (isRequest(input)) return input.url
  const url = typeof input === 'object' && 'href' in input ? input.href : String(input)
  const base = globalThis.document?.baseURI ?? globalThis.location?.href
  return base !== undefined && URL.canParse(url, base) ? new URL(url, base).href : url
}

export function headersOf(input: RequestInfo | URL, init: RequestInit | undefined): HeadersInit | undefined {
  return init?.headers ?? (isRequest(input) ? input.headers : undefined)
}

/** The `Request` whose body is sent, if it is one. */
export function requestWithBody(input: RequestInfo | URL, init: RequestInit | undefined): Request | undefined {
  return isRequest(input) && (init?.body ?? undefined) === undefined && mayHaveBody(input) ? input : undefined
}

/** Members that a `Request` shares with `init`; runtimes have different ones. */
const REQUEST_MEMBERS = [
  'body',
  'cache',
  'cf',
  'credentials',
  'integrity',
  'keepalive',
  'method',
  'mode',
  'redirect',
  'referrer',
  'referrerPolicy',
  'signal',
]

/** What sends the same by `fetch(url, …)` as `fetch(request, init)` does; a body of the request is there as its stream. */
export function asInit(request: Request, init: RequestInit): RequestInit {
  const members = REQUEST_MEMBERS.map((name): [string, unknown] => [name, Reflect.get(request, name)])
  const own = Object.entries(init).filter(([name, value]) => !(name === 'body' && value === null))
  // No `init` may ask for the mode of a navigation.
  return Object.fromEntries([...members, ...own].filter(([, value]) => value !== undefined && value !== 'navigate'))
}

/** What a spread copies, and what a class (a `Request` used as `init`) or a chain of defaults has beside it. */
export function membersOf(init: RequestInit | undefined): RequestInit | undefined {
  const prototype: unknown = init && Object.getPrototypeOf(init)
  if (!init || prototype === Object.prototype || prototype === null) return init
  const members: Record<string, unknown> = {}
  for (const name in init) members[name] = Reflect.get(init, name)
  return members
}
