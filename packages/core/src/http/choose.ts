import type { Credential, CredentialSource } from '../credential.ts'
import { CredentialError } from '../errors.ts'
import { callSafely } from '../events.ts'
import { ownMembers } from '../members.ts'
import { invalidOption, type OptionNames } from '../options.ts'
import { originOf } from '../origins.ts'
import { isCredential } from './request-options.ts'

/** What all requests of a client share in addition to its credentials. */
export interface SenderOptions {
  /** What becomes of a request to an origin that no credential covers; `'throw'`: it rejects with `uncovered_origin`. @default 'send' */
  readonly uncovered?: 'send' | 'throw' | undefined
  /**
   * Called with each origin that no credential covers, once: a wrong base URL shows here.
   * @example (origin) => console.warn(`no credential for ${origin}`)
   */
  readonly onUncovered?: ((origin: string) => void) | undefined
}

/** For the `knownOptions` of a client. */
export const SENDER_OPTIONS: OptionNames<SenderOptions> = { uncovered: true, onUncovered: true }

/** So many origins are remembered as told; beyond them, one may be told again. */
const MAX_TOLD_ORIGINS = 1000

export interface RequestToChooseFor {
  readonly url: string
  readonly method?: string | undefined
}

/**
 * The first credential of a source that covers the origin of a URL. `onUncovered` is called when there is none, except when a
 * function returned `undefined`. Further URLs of the same origin need no `URL` object and no search in the list.
 */
export function createChooser(
  source: CredentialSource,
  options: SenderOptions = {},
): (request: RequestToChooseFor) => Credential | undefined {
  const list: readonly Credential[] = typeof source === 'function' ? [] : [source].flat()
  list.forEach(checked)
  const { uncovered = 'send', onUncovered } = ownMembers(options)
  if (uncovered !== 'send' && uncovered !== 'throw')
    throw invalidOption('@valetkey/core', 'uncovered', 'must be "send" or "throw"')
  if (onUncovered !== undefined && typeof onUncovered !== 'function')
    throw invalidOption('@valetkey/core', 'onUncovered', 'must be a function', onUncovered)
  const told = new Set<string>()
  const tell = (origin: string, credentials: readonly Credential[]): undefined => {
    if (onUncovered && !told.has(origin)) {
      if (told.size === MAX_TOLD_ORIGINS) told.clear()
      told.add(origin)
      callSafely(onUncovered, origin)
    }
    if (uncovered === 'throw') throw uncoveredOrigin(origin, credentials)
  }
  let lastOrigin: string | undefined
  let last: Credential | undefined
  return (request) => {
    const { url } = request
    const isLast = lastOrigin !== undefined && isWritten(lastOrigin, url)
    if (isLast && last && typeof source !== 'function') return last
    const origin = isLast ? lastOrigin : originOf(url)
    if (origin === undefined) return undefined
    if (typeof source === 'function') {
      if (isWritten(origin, url)) lastOrigin = origin
      const choice = source(url, (request.method ?? 'GET').toUpperCase())
      return !choice || checked(choice).covers(origin) ? choice : tell(origin, [choice])
    }
    const choice = isLast ? undefined : coveringOf(list, origin)
    if (isWritten(origin, url)) {
      lastOrigin = origin
      last = choice
    }
    return choice ?? tell(origin, list)
  }
}

/** A separate function, so that a request whose origin is known makes no closure. */
function coveringOf(list: readonly Credential[], origin: string): Credential | undefined {
  return list.find((credential) => credential.covers(origin))
}

/** Whether the URL is exactly this origin, with nothing or a path after it. V8's `startsWith` takes twice as long. */
function isWritten(origin: string, url: string): boolean {
  return url.lastIndexOf(origin, 0) === 0 && (url.length === origin.length || url[origin.length] === '/')
}

/** Origins are not secret. */
function uncoveredOrigin(origin: string, credentials: readonly Credential[]): CredentialError<'uncovered_origin'> {
  const [first] = credentials
  const vendor = first?.vendor ?? 'core'
  const covered = credentials.flatMap((credential) => credential.origins ?? [])
  const those = covered.length > 0 ? `, only ${[...new Set(covered)].join(', ')}` : ''
  const message = `[${vendor}] no credential covers ${origin}${those}; "valetkey: { credential: false }" sends without one`
  return new CredentialError('uncovered_origin', message, { vendor, account: first?.account, origin })
}

function checked(credential: Credential): Credential {
  if (isCredential(credential)) return credential
  const problem = 'must be a credential, several, or a function that gives one'
  throw invalidOption('@valetkey/core', 'source', problem, credential)
}

/** What the caller chose for one request. */
export function chosen(credential: Credential | false, url: string): Credential | undefined {
  if (!credential) return undefined
  const origin = originOf(url)
  if (origin === undefined || !credential.covers(origin)) throw uncoveredOrigin(origin ?? 'this URL', [credential])
  return credential
}
