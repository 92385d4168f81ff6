import type { Credential, CredentialSource } from './credential.ts'
import { hasMethods } from './has-methods.ts'
import { invalidOption } from './options.ts'
import { originOf } from './origins.ts'

/** The first credential of a source that may be sent to the origin of a URL. */
export type ChooseCredential = (url: string) => Credential | undefined

/** @throws CredentialError `invalid_option` for what is no source; where a function gives no credential, when it does */
export function createChooser(source: CredentialSource): ChooseCredential {
  const rememberingOriginOf = createOriginMemory()
  if (typeof source !== 'function') (isList(source) ? source : [source]).forEach(checked)
  return (url) => {
    const origin = rememberingOriginOf(url)
    if (origin === undefined) return undefined
    if (isList(source)) return source.find((credential) => credential.covers(origin))
    const credential = typeof source === 'function' ? checkedChoice(source(url)) : source
    return credential?.covers(origin) ? credential : undefined
  }
}

function checkedChoice(choice: Credential | undefined): Credential | undefined {
  return choice && checked(choice)
}

function checked(credential: Credential): Credential {
  if (hasMethods(credential, ['covers', 'authorization'])) return credential
  const problem = 'must be a credential, several, or a function that gives one, not a promise of one'
  throw invalidOption('@valetkey/core', 'source', problem)
}

/**
 * `originOf` without a `URL` object for every further URL of the same origin: a text that the parser printed as an
 * origin has, with nothing or a path after it, no other one.
 */
function createOriginMemory(): (url: string) => string | undefined {
  let last: string | undefined
  return (url) => {
    const pathStart = url.indexOf('/', 'https://'.length)
    const text = pathStart === -1 ? url : url.slice(0, pathStart)
    if (text === last) return last
    const origin = originOf(url)
    if (origin === text) last = origin
    return origin
  }
}

function isList(source: CredentialSource): source is readonly Credential[] {
  return Array.isArray(source)
}
