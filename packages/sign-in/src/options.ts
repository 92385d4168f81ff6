import type { CredentialError } from '@valetkey/core'
import type { OptionNames } from '@valetkey/core/kit'
import { hasMethods, invalidOption, knownOptions, ownMembers, parseOrigin } from '@valetkey/core/kit'
import type { BeginSignInOptions, SignInCredential } from '@valetkey/oauth2'
import { ownPath, withoutSlash } from './same-origin.ts'
import type { CookieKey } from './seal.ts'
import { cookieKeys, PACKAGE } from './seal.ts'

/** The route that was requested: it sends the user to the vendor, takes the callback, or signs the user out. */
export type SignInStep = 'sign_in' | 'callback' | 'sign_out'

/** The request that failed. */
export interface FailedSignIn<Context = void> {
  readonly step: SignInStep
  /** Its URL can contain a code and a state: do not log it. */
  readonly request: Request
  /** As the handler got it. */
  readonly context: Context
  /** The page that the user asked for: a path of this server. */
  readonly returnTo: string
}

type Answer<T> = T | Promise<T>

/** `Context` is what the handler gets in addition to the request, e.g. the request of the framework with its session. */
export interface SignInHandlerOptions<Context = void> {
  /**
   * The user who has logged in to the program in this browser: the account that the sign-in is for. Without one (`undefined`,
   * `null`, `''`) no sign-in begins or completes. Read it from a session, never from the query.
   * @example async (request) => (await sessionOf(request))?.userId
   */
  readonly accountOf: (request: Request, context: Context) => Answer<string | null | undefined>
  /**
   * Seals a sign-in in a cookie: 32 random bytes, also as base64, base64url or hex. All processes of the server need the same
   * keys. Of several keys the first seals and all open, so that you can change the key without losing a sign-in.
   * @example process.env.COOKIE_KEY
   */
  readonly cookieKey: CookieKey | readonly CookieKey[]
  /** Prefix of `/sign-in`, `/callback` and `/sign-out`, e.g. `'/airthings'`; without a slash at its end. @default '' */
  readonly basePath?: string | undefined
  /**
   * The path of callbacks as this server sees it, if it differs from the path of the credential's `redirectUri` or from
   * `/callback` below `basePath`. @default `${basePath}/callback`, which must be the path of `redirectUri`
   */
  readonly callbackPath?: string | undefined
  /**
   * The origin of this server as browsers see it, if a proxy forwards requests under another host name.
   * @default the host of the request
   * @example 'https://app.example.com'
   */
  readonly origin?: string | undefined
  /** The page after signing in or out, a path of this server; `?returnTo=` of the request overrides it. @default '/' */
  readonly returnTo?: string | undefined
  /** What `beginSignIn` gets for this request, e.g. more scopes. */
  readonly optionsOf?: ((request: Request, context: Context) => Answer<BeginSignInOptions | undefined>) | undefined
  /**
   * The answer if no user has logged in. @default a page with status 401
   * @example () => Response.redirect('https://app.example.com/login')
   */
  readonly onNoAccount?: ((request: Request, context: Context) => Answer<Response>) | undefined
  /**
   * The answer to an error: a page or a redirect; `undefined` for the default page. Log the error here. Errors that are not
   * valetkey's, such as those of `accountOf`, are not caught. @default a page that fits, with status 400, 500 or 503
   */
  readonly onError?:
    | ((error: CredentialError, failed: FailedSignIn<Context>) => Answer<Response | undefined>)
    | undefined
}

const NAMES: OptionNames<SignInHandlerOptions> = {
  accountOf: true,
  cookieKey: true,
  basePath: true,
  callbackPath: true,
  origin: true,
  returnTo: true,
  optionsOf: true,
  onNoAccount: true,
  onError: true,
}

/** The options, checked. */
export interface Settings<Context>
  extends Omit<SignInHandlerOptions<Context>, 'cookieKey' | 'basePath' | 'callbackPath'> {
  readonly keys: readonly [Uint8Array, ...Uint8Array[]]
  readonly paths: Readonly<Record<SignInStep, string>>
  readonly returnTo: string
}

/** @throws CredentialError `invalid_option`, `insecure_url` */
export function readSettings<Context>(
  credential: SignInCredential,
  options: SignInHandlerOptions<Context>,
): Settings<Context> {
  const own = knownOptions<SignInHandlerOptions<Context>>(PACKAGE, options, NAMES)
  if (!hasMethods(credential, ['for', 'beginSignIn', 'completeSignIn', 'signOut'])) {
    throw invalidOption(PACKAGE, 'credential', 'must be one of people who sign in, such as authorizationCode({ … })')
  }
  const { accountOf, cookieKey, basePath = '', callbackPath, origin, returnTo = '/' } = own
  requireFunction('accountOf', accountOf)
  for (const name of ['optionsOf', 'onNoAccount', 'onError'] as const) {
    if (own[name] !== undefined) requireFunction(name, own[name])
  }
  const paths = {
    sign_in: requirePath('basePath', `${basePath}/sign-in`),
    callback: callbackPath === undefined ? `${basePath}/callback` : requirePath('callbackPath', callbackPath),
    sign_out: `${basePath}/sign-out`,
  }
  if (callbackPath === undefined) requireCallbackPath(credential.redirectUri, paths.callback)
  if (ownPath(returnTo) === undefined) throw invalidOption(PACKAGE, 'returnTo', 'must be a path, such as "/settings"')
  const seen = { option: 'origin', allowInsecureRequests: true }
  return ownMembers({
    ...own,
    keys: cookieKeys(cookieKey),
    paths,
    returnTo,
    origin: origin === undefined ? undefined : parseOrigin(PACKAGE, origin, seen),
  })
}

/** Otherwise users would return to a path that the handler does not serve. A `redirectUri` that is a name has no path. */
function requireCallbackPath(redirectUri: unknown, path: string): void {
  if (typeof redirectUri !== 'string' || !/^https?:/i.test(redirectUri) || !URL.canParse(redirectUri)) return
  const { pathname } = new URL(redirectUri)
  if (withoutSlash(pathname) === withoutSlash(path)) return
  const problem = `is "${path}", and the path of the credential's "redirectUri" is "${pathname}"`
  throw invalidOption(PACKAGE, 'callbackPath', problem)
}

function requireFunction(option: string, value: unknown): void {
  if (value === undefined) throw invalidOption(PACKAGE, option, 'is required')
  if (typeof value !== 'function') throw invalidOption(PACKAGE, option, 'must be a function', value)
}

/** As the URL parser prints it, so that it can be compared with the path of a request. */
function requirePath(option: string, path: unknown): string {
  const isPath = typeof path === 'string' && ownPath(path) === path && !/[?#]|\/\/|.\/$/.test(path)
  if (isPath) return path
  throw invalidOption(
    PACKAGE,
    option,
    'must be a path such as "/airthings", without a slash at its end, query and fragment',
  )
}
