import { readBasic } from '../authorization.ts'
import { type ParsedBody, parseBody } from '../request-log.ts'

/** A token request's parameters, wherever and however they were sent. */
export interface TokenRequest {
  readonly fields: ParsedBody['fields']
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  /** `undefined`: none asked for; `'malformed'`: an array in a form, or a member that is not a string. */
  readonly scopes: readonly string[] | undefined | 'malformed'
}

/** JSON or form; the client in the body or in a Basic header; scope absent, as an array (JSON) or as text. */
export function readTokenRequest(headers: Headers, body: string): TokenRequest {
  const { encoding, fields, raw } = parseBody(headers.get('content-type'), body)
  const basic = readBasic(headers.get('authorization'))
  return {
    fields,
    clientId: basic?.user ?? fields.client_id,
    clientSecret: basic?.password ?? fields.client_secret,
    scopes: encoding === 'form' && 'scope[]' in raw ? 'malformed' : readScopes(raw.scope),
  }
}

function readScopes(scope: unknown): TokenRequest['scopes'] {
  if (scope === undefined) return undefined
  if (typeof scope === 'string') return scope.split(' ')
  const isList = Array.isArray(scope) && scope.every((item) => typeof item === 'string')
  return isList ? scope : 'malformed'
}
