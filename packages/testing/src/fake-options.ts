import { hasMethods, invalidOption } from '@valetkey/core/kit'

type Check = readonly [isRight: (value: unknown) => boolean, problem: string]

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
const isFlag = (value: unknown): boolean => typeof value === 'boolean'

const LIST: Check = [isList, 'must be an array of non-empty strings']
const FLAG: Check = [isFlag, 'must be true or false']
const JSON_OBJECT: Check = [isJsonObject, 'must be an object of JSON']

const CHECKS: Readonly<Record<string, Check>> = {
  tokens: LIST,
  scopes: LIST,
  origins: LIST,
  claims: JSON_OBJECT,
  details: JSON_OBJECT,
  expiresIn: [(value) => Number.isFinite(value) && Number(value) >= 0, 'must be a number of seconds, 0 or more'],
  signedIn: FLAG,
  acquires: FLAG,
  clock: [
    (value) => hasMethods(value, ['now', 'monotonic', 'sleep', 'random']),
    'must be a clock, such as virtualClock()',
  ],
}

/** What a fake is given, told where it is given: later it would make an error that no vendor makes. @throws CredentialError `invalid_option` */
export function checkFakeOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const [isRight, problem] = (Object.hasOwn(CHECKS, name) && CHECKS[name]) || []
    if (value !== undefined && isRight && problem !== undefined && !isRight(value))
      throw invalidOption('@valetkey/testing', name, problem)
  }
}

function isJsonObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  try {
    JSON.stringify(value)
    return true
  } catch {
    return false
  }
}
