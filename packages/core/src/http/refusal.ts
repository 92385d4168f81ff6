import type { Authorization, Credential, ResponseView } from '../credential.ts'
import { invalidOption } from '../options.ts'
import { originOf } from '../origins.ts'
import { secretTexts } from '../secrets.ts'

/**
 * What counts as a refused authorization unless a vendor says otherwise: status 401, but not when the challenge says
 * `error="insufficient_scope"` (RFC 6750 §3.1), which a new token would not change. Never 403.
 */
export function refusesByDefault(response: ResponseView): boolean {
  return response.status === 401 && !readChallenges(response).some(isInsufficientScope)
}

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Shorter texts of an authorization, such as a tenant, occur in the names of scopes; no token is as short. */
const MIN_TOKEN_LENGTH = 16

/**
 * What the API asks for with an answer to `authorization`: `insufficient_scope` (RFC 6750 §3.1), or a challenge that says where
 * the API describes itself (RFC 9728 §5.1). Texts that hold the token are left out. `undefined`: it asks for nothing.
 */
export function requiredScopes(
  response: ResponseView,
  authorization: Authorization,
): { readonly scopes: readonly string[]; readonly resourceMetadata?: string } | undefined {
  if (response.status !== 401 && response.status !== 403) return undefined
  const challenges = readChallenges(response)
  const challenge = challenges.find(isInsufficientScope) ?? challenges.find((it) => it.has('resource_metadata'))
  if (!challenge) return undefined
  const tokens = secretTexts(authorization).filter(({ length }) => length >= MIN_TOKEN_LENGTH)
  const isPublic = (text: string) => !tokens.some((token) => text.includes(token))
  const scopes = (challenge.get('scope') ?? '').split(' ').filter((scope) => SCOPE.test(scope) && isPublic(scope))
  const url = challenge.get('resource_metadata') ?? ''
  return { scopes: [...new Set(scopes)], ...(originOf(url) && isPublic(url) && { resourceMetadata: url }) }
}

/** A vendor's `refuses`, whose own error may quote what it was shown: the API's answer, and a URL with the key in it. */
export function guardRefuses(vendor: string, refuses: Credential['refuses'] | undefined): Credential['refuses'] {
  if (refuses === undefined) return refusesByDefault
  const fail = (): never => {
    throw invalidOption(vendor, 'refuses', 'threw an error')
  }
  return (response) => {
    const { status, url } = response
    // Its methods work when destructured: `async ({ json }) => …`.
    const view = { status, url, header: (name: string) => response.header(name), json: () => response.json() }
    try {
      const refused = refuses(view)
      return typeof refused === 'boolean' ? refused : refused.then(Boolean).catch(fail)
    } catch {
      return fail()
    }
  }
}

/** Parameters of one challenge (RFC 9110 §11.6.1), by their names in lower case. */
type Challenge = ReadonlyMap<string, string>

function isInsufficientScope(challenge: Challenge): boolean {
  return challenge.get('error') === 'insufficient_scope'
}

/** Reads the challenges once from left to right: they are remote input, and no input takes longer than its length. */
function readChallenges(response: ResponseView): readonly Challenge[] {
  const text = response.header('www-authenticate') ?? ''
  const challenges: Map<string, string>[] = []
  let position = 0
  while (position < text.length) {
    const nameEnd = tokenEnd(text, position)
    const equals = spacesEnd(text, nameEnd)
    if (text[equals] !== '=') {
      // A scheme; a comma or a quote has no name.
      if (nameEnd > position) challenges.push(new Map())
      position = Math.max(equals, position + 1)
      continue
    }
    const valueStart = spacesEnd(text, equals + 1)
    const valueEnd = parameterEnd(text, valueStart)
    const name = text.slice(position, nameEnd).toLowerCase()
    if (challenges.length === 0) challenges.push(new Map())
    const challenge = challenges.at(-1)
    if (!challenge?.has(name)) challenge?.set(name, unquoted(text.slice(valueStart, valueEnd)))
    position = valueEnd
  }
  return challenges
}

function tokenEnd(text: string, start: number): number {
  let end = start
  while (end < text.length && !' \t,="'.includes(text.charAt(end))) end += 1
  return end
}

function spacesEnd(text: string, start: number): number {
  let end = start
  while (text[end] === ' ' || text[end] === '\t') end += 1
  return end
}

function parameterEnd(text: string, start: number): number {
  if (text[start] !== '"') return tokenEnd(text, start)
  let end = start + 1
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  return Math.min(end + 1, text.length)
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
}
