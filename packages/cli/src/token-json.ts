import { addAbortSignal } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { ImportedTokens } from '@valetkey/core'
import { usageError } from './cli-error.ts'
import type { CommandIo } from './io.ts'
import { isTexts, type JsonObject, parseObject } from './json.ts'

/** The tokens, and the names of further members that are stored with them for the vendor's package. */
export interface TokenJson {
  readonly tokens: ImportedTokens
  readonly further: readonly string[]
}

/** Each member by its names: those of `importTokens`, and those of a token endpoint's answer (RFC 6749 §5.1). */
const NAMES = {
  refreshToken: ['refreshToken', 'refresh_token'],
  accessToken: ['accessToken', 'access_token'],
  tokenType: ['tokenType', 'token_type'],
  scopes: ['scopes', 'scope'],
  expiresAt: ['expiresAt', 'expires_at', 'expires_in'],
  refreshExpiresAt: [
    'refreshExpiresAt',
    'refresh_expires_at',
    'refresh_token_expires_at',
    'refresh_expires_in',
    'refresh_token_expires_in',
  ],
} as const satisfies Partial<Record<keyof ImportedTokens, readonly string[]>>

/** Of the client or of a sign-in, in files of other programs: not stored with the tokens. */
const LEFT_OUT = ['id_token', 'client_id', 'client_secret', 'code_verifier', 'password', '__proto__']

const KNOWN: ReadonlySet<string> = new Set([...Object.values(NAMES).flat(), 'extra', ...LEFT_OUT])

/**
 * The JSON object on standard input. No error quotes it.
 * @param vendor for the hint
 * @param now Unix ms
 * @throws CliError `usage`; what aborted `io.signal`
 */
export async function readTokenJson({ stdin, signal }: CommandIo, vendor: string, now: number): Promise<TokenJson> {
  const hint = `For example: valetkey import ${vendor} < tokens.json, with {"refreshToken": "…"} in the file`
  if (stdin.isTTY === true) throw usageError('the tokens are read from standard input, which is a terminal here', hint)
  const json = await text(addAbortSignal(signal, stdin))
  const object = parseObject(json)
  if (object === undefined) {
    const problem = json.trim() === '' ? 'there is nothing on standard input' : 'standard input holds no JSON object'
    throw usageError(problem, hint)
  }
  return parseTokens(object, now)
}

function parseTokens(object: JsonObject, now: number): TokenJson {
  const given = Object.entries(object).filter(([, value]) => value !== null)
  const members = new Map(given)
  const named = Object.entries(NAMES).map(([member, names]): readonly [string, unknown] => {
    const [name, second] = names.filter((candidate) => members.has(candidate))
    // Vendors state when a token ends and for how long it is valid: the end counts, since the file may be older.
    if (second !== undefined && !second.endsWith('_in'))
      throw usageError(`"${name}" and "${second}" say the same: leave one out`)
    return [member, name === undefined ? undefined : importedValue(name, members.get(name), now)]
  })
  const further = given.filter(([name]) => !KNOWN.has(name))
  const extra = members.get('extra') ?? (further.length > 0 ? Object.fromEntries(further) : undefined)
  if (members.has('extra') && further.length > 0)
    throw usageError(`"${further[0]?.[0]}" is not a member: with "extra", further members go into it`)
  const tokens: ImportedTokens = Object.fromEntries<unknown>(
    [...named, ['extra', extra] as const].filter(([, value]) => value !== undefined),
  )
  return { tokens, further: further.map(([name]) => name) }
}

/** As `importTokens` takes it; what is of another type is for its checks. */
function importedValue(name: string, value: unknown, now: number): unknown {
  if (name === 'scope' || name === 'scopes') {
    if (typeof value === 'string') return value.split(/\s+/).filter(Boolean)
    if (isTexts(value)) return value
    throw usageError(`"${name}" must be a string with spaces, or a list of strings`)
  }
  if (name.endsWith('_in')) return now + secondsOf(name, value) * 1000
  if (!/At$|_at$/.test(name)) return value
  if (typeof value === 'string') return dateOf(name, value)
  // Libraries that name it so count in seconds (Unix time) or in ms.
  return name.endsWith('_at') && typeof value === 'number' && value < 1e11 ? value * 1000 : value
}

function secondsOf(name: string, value: unknown): number {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) return seconds
  throw usageError(`"${name}" must be a number of seconds from now`)
}

function dateOf(name: string, value: string): Date {
  const date = new Date(value)
  if (/^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(date.getTime())) return date
  throw usageError(`"${name}" must be a time such as 2030-01-31T12:00:00Z, or a Unix time as a number`)
}
