import type { Credential, CredentialSource } from './credential.ts'
import { originOf } from './origins.ts'

/** Finds the first credential of a source that may be sent to the origin of a URL. */
export type ChooseCredential = (url: string) => Credential | undefined

/** Remembers the answer for the origin last asked for, so that the next URL of that origin costs one comparison. */
export function createChooser(source: CredentialSource): ChooseCredential {
  if (typeof source === 'function') return (url) => firstCovering([source(url)], originOf(url))
  const credentials = isList(source) ? [...source] : [source]
  let lastOrigin: string | undefined
  let lastChoice: Credential | undefined
  return (url) => {
    const pathStart = url.indexOf('/', 8)
    // What is written as the parser prints it, up to the path, can have no other origin.
    const text = pathStart > 0 ? url.slice(0, pathStart) : undefined
    if (text !== undefined && text === lastOrigin) return lastChoice
    const origin = originOf(url)
    const choice = firstCovering(credentials, origin)
    if (origin !== undefined && origin === text) {
      lastOrigin = origin
      lastChoice = choice
    }
    return choice
  }
}

function isList(source: Credential | readonly Credential[]): source is readonly Credential[] {
  return Array.isArray(source)
}

function firstCovering(
  credentials: readonly (Credential | undefined)[],
  origin: string | undefined,
): Credential | undefined {
  return origin === undefined ? undefined : credentials.find((credential) => credential?.covers(origin))
}
