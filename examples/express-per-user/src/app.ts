import { randomBytes } from 'node:crypto'
import { isCredentialError } from '@valetkey/core'
import type { SignInCredential } from '@valetkey/oauth2'
import { type SignInHandlerOptions, signInHandler } from '@valetkey/sign-in'
import express, { type ErrorRequestHandler, type Express, type Request } from 'express'
import { expressHandler } from './express-handler.ts'
import { createUserFetch } from './user-fetch.ts'

/** What your session middleware keeps for a browser. */
export interface Session {
  /** Who has logged in to your program. */
  readonly userId?: string
}

export interface Settings {
  /** `bluesonde.authorizationCode({ … })`, or another vendor's. */
  readonly credential: SignInCredential
  readonly baseUrl: string
  sessionOf(request: Request): Session
  /** The same in all processes. @default made at the start: it ends the sign-ins that are under way */
  readonly cookieKey?: SignInHandlerOptions['cookieKey']
}

export function createApp({ credential, baseUrl, sessionOf, cookieKey = randomBytes(32) }: Settings): Express {
  const { userFetch, asUser } = createUserFetch(credential, (request) => sessionOf(request).userId)
  const signIn = signInHandler(credential, {
    accountOf: (_, request: Request) => sessionOf(request).userId,
    cookieKey,
    returnTo: '/devices',
  })
  const app = express()
  app.all(['/sign-in', '/callback', '/sign-out'], expressHandler(signIn))
  app.get('/devices', asUser, async (request, response) => {
    const headers = { 'x-request-id': request.get('x-request-id') ?? '' }
    const answer = await userFetch(new URL('/v1/devices', baseUrl), { headers })
    response.status(answer.status).json(await answer.json())
  })
  return app.use(answerError)
}

/** Anything else is a mistake of the program: Express logs it and answers 500. */
const answerError: ErrorRequestHandler = (error, _, response, next) => {
  if (!isCredentialError(error)) return next(error)
  if (error.code === 'not_signed_in' || error.code === 'reauthorization_required') return response.redirect('/sign-in')
  if (error.isRetryable) return void response.status(503).send('The vendor is not available now. Reload this page.')
  return next(error)
}
