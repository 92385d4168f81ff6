import { ownMembers } from '../members.ts'
import { isObject, type StoredTokens } from './record.ts'

/** At any depth. */
const TOKEN_NAME = /(?:^|_)(?:access|refresh|id)_?token$|^(?:client|device)_secret$/i

/** A string shorter than this is removed only where it is the whole value. */
const MIN_SECRET_CHARACTERS = 8

/** A deeply frozen copy without prototypes, and without tokens. */
export function detailsOf({ extra, accessToken, refreshToken }: StoredTokens): Readonly<Record<string, unknown>> {
  const secrets = [accessToken, refreshToken].filter((secret) => secret !== undefined)
  const members = Object.entries(isObject(extra) ? extra : {}).flatMap(([name, value]): [string, unknown][] => {
    const text: string | undefined = JSON.stringify(value)
    return text === undefined || TOKEN_NAME.test(name) || secrets.some((secret) => holds(text, secret))
      ? []
      : [[name, frozenOf(text)]]
  })
  return Object.freeze(ownMembers(Object.fromEntries(members)))
}

function holds(json: string, secret: string): boolean {
  const quoted = JSON.stringify(secret)
  return json.includes(secret.length < MIN_SECRET_CHARACTERS ? quoted : quoted.slice(1, -1))
}

function frozenOf(json: string): unknown {
  return JSON.parse(json, (name, value: unknown) => {
    if (TOKEN_NAME.test(name)) return undefined
    return Object.freeze(isObject(value) ? ownMembers(value) : value)
  })
}
