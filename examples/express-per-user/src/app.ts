import { isCredentialError } from '@valetkey/core'
import type { PendingSignIn, SignInCredential } from '@valetkey/oauth2'
import express, { type ErrorRequestHandler, type Express, type Request } from 'express'
import { createUserFetch } from './user-fetch.ts'

/** What your session middleware keeps for a user, on the server. */
export interface Session {
  readonly userId: string
  signIn?: PendingSignIn
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
    const { url, signIn } = await credentialOfUser().beginSignIn()
    sessionOf(request).signIn = signIn
    response.redirect(url.href)
  })
  app.get('/callback', async (request, response) => {
    const { signIn } = sessionOf(request)
    if (signIn) await credentialOfUser().completeSignIn(request.url, signIn)
    response.redirect('/devices')
  })
  return app.use(askToSignIn)
}

const askToSignIn: ErrorRequestHandler = (error, _, response, next) => {
  const isNeeded = isCredentialError(error, 'not_signed_in') || isCredentialError(error, 'reauthorization_required')
  if (isNeeded) response.redirect('/sign-in')
  else next(error)
}
