import { isCredentialError } from '@valetkey/core'
import { CredentialError, invalidOption } from '@valetkey/core/kit'
import type { SignInCredential } from '@valetkey/oauth2'
import { cookieOf, cookiePrefix, endCookie, findCookie, keepCookie } from './cookies.ts'
import type { Settings, SignInHandlerOptions, SignInStep } from './options.ts'
import { readSettings } from './options.ts'
import { errorPage, page } from './pages.ts'
import { isOwnNavigation, isOwnPost, ownPath, withoutSlash } from './same-origin.ts'
import { open, PACKAGE, seal } from './seal.ts'

/**
 * Answers requests to its paths; any other path gets 404. Rejects only with an error of a function of the program that is not a
 * `CredentialError`.
 */
export type SignInHandler<Context = void> = (request: Request, context: Context) => Promise<Response>

/** A request to one of the paths, and what every answer to it contains. */
interface Visit<Context> {
  readonly step: SignInStep
  readonly request: Request
  readonly context: Context
  /** The page that the user gets at the end; a callback reads it from its cookie. */
  returnTo: string
  /** `Set-Cookie` headers. */
  readonly cookies: string[]
}

const METHODS: Readonly<Record<SignInStep, readonly string[]>> = {
  sign_in: ['GET', 'POST'],
  callback: ['GET'],
  sign_out: ['POST'],
}

/** Reasons of `sign_in_failed` after which the correct callback may still arrive. */
const NOT_OVER: ReadonlySet<string> = new Set([
  'other_credential',
  'state_mismatch',
  'redirect_mismatch',
  'issuer_mismatch',
  'invalid_callback',
])

/**
 * Routes that let the users of a server sign in at a vendor, below `basePath`:
 *
 * - `GET` or `POST /sign-in` sends the logged-in user to the vendor, and keeps the sign-in in a cookie that only this
 *   server can read;
 * - `GET /callback` completes the sign-in, in any process that has the same `cookieKey` and store;
 * - `POST /sign-out`, from a page of this server, ends it.
 *
 * @param credential of the whole server; `for(account)` returns the credential of a user
 * @throws CredentialError `invalid_option`, `insecure_url`
 */
export function signInHandler<Context = void>(
  credential: SignInCredential,
  options: SignInHandlerOptions<Context>,
): SignInHandler<Context> {
  const settings = readSettings(credential, options)
  const steps = { sign_in: begin, callback: complete, sign_out: signOut }
  return async (request, context) => {
    const { pathname, searchParams } = new URL(request.url)
    const step = stepOf(settings, pathname)
    if (step === undefined) return page(404, 'There is no such page.')
    const methods = METHODS[step]
    if (!methods.includes(request.method)) {
      return page(405, 'This page cannot be asked for in this way.', undefined, { allow: methods.join(', ') })
    }
    const asked = step === 'callback' ? undefined : ownPath(searchParams.get('returnTo'))
    const visit: Visit<Context> = { step, request, context, returnTo: asked ?? settings.returnTo, cookies: [] }
    return withCookies(await answer(credential, settings, visit, steps[step]), visit.cookies)
  }
}

function stepOf<Context>({ paths }: Settings<Context>, pathname: string): SignInStep | undefined {
  const path = withoutSlash(pathname)
  return (['sign_in', 'callback', 'sign_out'] as const).find((step) => withoutSlash(paths[step]) === path)
}

type Step = <Context>(
  credential: SignInCredential,
  settings: Settings<Context>,
  visit: Visit<Context>,
) => Promise<Response>

async function answer<Context>(
  credential: SignInCredential,
  settings: Settings<Context>,
  visit: Visit<Context>,
  take: Step,
): Promise<Response> {
  try {
    return await take(credential, settings, visit)
  } catch (error) {
    if (!isCredentialError(error)) throw error
    const { step, request, context, returnTo } = visit
    const own = await settings.onError?.(error, { step, request, context, returnTo })
    const again = `${settings.paths.sign_in}?${new URLSearchParams({ returnTo })}`
    return own ?? errorPage(error, step === 'sign_out' ? undefined : again)
  }
}

const begin: Step = async (credential, settings, visit) => {
  const { request, context, returnTo, cookies } = visit
  const isOwn = request.method === 'POST' ? isOwnPost(request, settings.origin) : isOwnNavigation(request)
  // The user has to click on a page of this server, even if another site linked to it.
  if (!isOwn) return page(request.method === 'POST' ? 403 : 200, 'Please sign in.', { href: '', text: 'Sign in' })
  const account = await accountOf(settings, visit)
  if (account === undefined) return noAccount(settings, visit)
  const { url, signIn } = await credential.for(account).beginSignIn(await settings.optionsOf?.(request, context))
  const name = cookiePrefix(signIn.redirectUri, settings.origin ?? request.url) + (await cookieOf(signIn.state))
  for (const path of [returnTo, settings.returnTo]) {
    const value = await seal(settings.keys[0], { returnTo: path, signIn })
    const kept = keepCookie(request, { name, value })
    if (kept === undefined) continue
    cookies.push(...kept)
    return redirect(url.href)
  }
  throw invalidOption(PACKAGE, 'scopes', 'are too many: the sign-in does not fit into a cookie of 4096 characters')
}

const complete: Step = async (credential, settings, visit) => {
  const { request, cookies } = visit
  const account = await accountOf(settings, visit)
  if (account === undefined) return noAccount(settings, visit)
  const { search, searchParams } = new URL(request.url)
  // A forged callback finds no cookie, and so spoils none.
  const [state = '', second] = searchParams.getAll('state')
  const cookie = second === undefined ? findCookie(request, await cookieOf(state)) : undefined
  const sealed = cookie && (await open(settings.keys, cookie.value))
  if (!cookie || !sealed) {
    const { vendor } = credential
    const problem = 'this browser has begun no sign-in that this callback could answer; sign in again'
    throw new CredentialError('sign_in_failed', `${vendor}: ${problem}`, { vendor, account, reason: 'no_sign_in' })
  }
  visit.returnTo = ownPath(sealed.returnTo) ?? settings.returnTo
  try {
    // The path is the handler's own: a proxy may have changed it.
    await credential.for(account).completeSignIn(search, sealed.signIn)
  } catch (error) {
    if (isOver(error)) cookies.push(endCookie(cookie))
    throw error
  }
  cookies.push(endCookie(cookie))
  return redirect(visit.returnTo)
}

/** Whether the same callback can never succeed. */
function isOver(error: unknown): boolean {
  if (!isCredentialError(error) || error.isRetryable) return false
  return !isCredentialError(error, 'sign_in_failed') || !NOT_OVER.has(error.reason)
}

const signOut: Step = async (credential, settings, visit) => {
  if (!isOwnPost(visit.request, settings.origin)) return page(403, 'Please sign out on a page of this site.')
  const account = await accountOf(settings, visit)
  if (account === undefined) return noAccount(settings, visit)
  await credential.for(account).signOut()
  return redirect(visit.returnTo)
}

/** `undefined`: no user has logged in. @throws CredentialError `invalid_option` */
async function accountOf<Context>(
  settings: Settings<Context>,
  { request, context }: Visit<Context>,
): Promise<string | undefined> {
  const account: unknown = await settings.accountOf(request, context)
  if (account === undefined || account === null || account === '') return undefined
  if (typeof account === 'string') return account
  throw invalidOption(
    PACKAGE,
    'accountOf',
    `must return a string, or undefined if no user has logged in, not ${typeof account}`,
  )
}

async function noAccount<Context>(
  { onNoAccount }: Settings<Context>,
  { request, context }: Visit<Context>,
): Promise<Response> {
  return onNoAccount ? onNoAccount(request, context) : page(401, 'Please log in.')
}

function redirect(location: string): Response {
  const headers = { location, 'cache-control': 'no-store', 'referrer-policy': 'same-origin' }
  return new Response(null, { status: 303, headers })
}

/** The program's own answer may be one whose headers cannot be changed. */
function withCookies(response: Response, cookies: readonly string[]): Response {
  if (cookies.length === 0) return response
  const answer = new Response(response.body, response)
  for (const cookie of cookies) answer.headers.append('set-cookie', cookie)
  return answer
}
