import type { ResolvedDialect } from './dialect.ts'

/** Where and how the parameters of one request are written. */
export interface EncodedRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

type Encoding = Partial<Pick<ResolvedDialect, 'encoding' | 'parameters' | 'scopeFormat'>>

/** Writes the request's parameters where and how the vendor wants them; a form in the body unless told otherwise. */
export function encodeRequest({ href: url }: URL, form: URLSearchParams, dialect: Encoding = {}): EncodedRequest {
  if (dialect.parameters === 'query') return { url: withQuery(url, form), headers: {} }
  if (dialect.encoding === 'json') {
    return { url, headers: { 'content-type': 'application/json' }, body: toJson(form, dialect) }
  }
  return { url, headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }, body: form.toString() }
}

/** One value as application/x-www-form-urlencoded (RFC 6749 appendix B). */
export function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function toJson(parameters: URLSearchParams, dialect: Encoding): string {
  return JSON.stringify(Object.fromEntries([...parameters.keys()].map((name) => [name, memberOf(name)])))

  function memberOf(name: string): string | string[] {
    const [value = '', ...more] = parameters.getAll(name)
    if (name === 'scope' && dialect.scopeFormat === 'array') return value.split(' ')
    return more.length === 0 ? value : [value, ...more]
  }
}

function withQuery(url: string, parameters: URLSearchParams): string {
  const full = new URL(url)
  for (const [name, value] of parameters) full.searchParams.append(name, value)
  return full.href
}
