import type { CustomFetchOptions } from 'oauth4webapi'
import type { ResolvedDialect } from './dialect.ts'

/** A token request as oauth4webapi would send it. */
export type FormRequest = CustomFetchOptions<'POST', URLSearchParams>

export interface EncodedRequest {
  readonly url: string
  readonly init: RequestInit
}

/** Writes the request's parameters where and how the vendor wants them. */
export function encodeRequest(url: string, request: FormRequest, dialect: ResolvedDialect): EncodedRequest {
  const { 'content-type': formType, ...headers } = request.headers
  const init = { method: request.method, redirect: request.redirect }
  if (dialect.parameters === 'query') return { url: withQuery(url, request.body), init: { ...init, headers } }
  const json = dialect.encoding === 'json'
  const body = json ? toJson(request.body, dialect) : request.body.toString()
  const contentType = json ? 'application/json' : (formType ?? 'application/x-www-form-urlencoded')
  return { url, init: { ...init, headers: { ...headers, 'content-type': contentType }, body } }
}

function toJson(parameters: URLSearchParams, dialect: ResolvedDialect): string {
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
