import type { ResponseView } from './credential.ts'

/**
 * What counts as a refused authorization unless a vendor says otherwise: status 401, but not when the challenge says
 * `error="insufficient_scope"` (RFC 6750 §3.1), which a new token would not change. Never 403.
 */
export function refusesByDefault(response: ResponseView): boolean {
  return response.status === 401 && !hasInsufficientScope(response.header('www-authenticate') ?? '')
}

/** Reads the challenge once from left to right: it is remote input, and no input takes longer than its length. */
function hasInsufficientScope(challenge: string): boolean {
  let position = 0
  while (position < challenge.length) {
    const nameEnd = tokenEnd(challenge, position)
    const equals = spacesEnd(challenge, nameEnd)
    if (challenge[equals] !== '=') {
      position = Math.max(equals, position + 1)
      continue
    }
    const valueStart = spacesEnd(challenge, equals + 1)
    const valueEnd = parameterEnd(challenge, valueStart)
    const isError = challenge.slice(position, nameEnd).toLowerCase() === 'error'
    if (isError && unquoted(challenge.slice(valueStart, valueEnd)) === 'insufficient_scope') return true
    position = valueEnd
  }
  return false
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
  return value.startsWith('"') ? value.slice(1, -1) : value
}
