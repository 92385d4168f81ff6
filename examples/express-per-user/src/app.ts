import { isCredentialError } from '@valetkey/core'
import type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'
import express, { type ErrorRequestHandler, type Express, type Request } from 'express'
import { createUserFetch } from './user-fetch.ts'

/** What your session middleware keeps for a browser, on the server. */
export interface Session {
  /** Who has logged in to your program. */
  readonly userId?: string
  signIns?: readonly { readonly userId: string | undefined; readonly signIn: PendingSignIn }[]
}

export interface Settings {
  /** `bluesonde.authorizationCode({ … })`, or that of any other vendor. */
  readonly credential: SignInCredential
  readonly baseUrl: string
  sessionOf(request: Request): Session
}

export function createApp({ credential, baseUrl, sessionOf }: Settings): Express {
  const { userFetch, credentialOfUser, asUser } = createUserFetch(credential, (request) => sessionOf(request).userId)
  const app = express().use(asUser)
  app.get('/devices', async (request, response) => {
    const headers = { 'x-request-id': request.get('x-request-id') ?? '' }
    const answer = await userFetch(new URL('/v1/devices', baseUrl), { headers })
    response.status(answer.status).json(await answer.json())
  })
  app.get('/sign-in', async (request, response) => {
    // A link or a picture on another site must not begin a sign-in: the user clicks first.
    const from = request.get('sec-fetch-site') ?? 'none'
    if (from !== 'none' && from !== 'same-origin') return void response.send(pageOf('Please sign in.'))
    const { url, signIn } = await credentialOfUser().beginSignIn()
    const session = sessionOf(request)
    session.signIns = [...(session.signIns ?? []), { userId: session.userId, signIn }].slice(-5)
    response.redirect(url.href)
  })
  app.get('/callback', async (request, response) => {
    const session = sessionOf(request)
    const { state } = request.query
    const begun = session.signIns?.find(({ userId, signIn }) => userId === session.userId && signIn.state === state)
    if (!begun) return void response.status(400).send(pageOf('This sign-in is over.'))
    await credentialOfUser().completeSignIn(request.originalUrl, begun.signIn)
    session.signIns = session.signIns?.filter(({ signIn }) => signIn.state !== state) ?? []
    response.redirect('/devices')
  })
  return app.use(answerError)
}

/** Anything else is a mistake of the program: Express logs it and answers 500. */
const answerError: ErrorRequestHandler = (error, _, response, next) => {
  if (!isCredentialError(error)) return next(error)
  if (error.code === 'not_signed_in' || error.code === 'reauthorization_required') return response.redirect('/sign-in')
  if (error.isRetryable) return void response.status(503).send('The vendor is not available now. Reload this page.')
  if (!isCredentialError(error, 'sign_in_failed')) return next(error)
  const isDenied = error.reason === 'access_denied'
  return void response.status(400).send(pageOf(isDenied ? 'Access was not allowed.' : 'The sign-in failed.'))
}

/** Nothing that a browser or a vendor says is in it. */
function pageOf(text: string): string {
  return `<!doctype html><title>Sign in</title><p>${text} <a href="/sign-in">Sign in</a></p>`
}
