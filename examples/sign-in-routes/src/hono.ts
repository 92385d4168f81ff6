import type { SignInCredential } from '@valetkey/oauth2'
import { type CookieKey, signInHandler } from '@valetkey/sign-in'
import { type Context, Hono } from 'hono'
import { getSignedCookie } from 'hono/cookie'

export interface Settings {
  readonly credential: SignInCredential
  readonly cookieKey: CookieKey
  /** Of the cookie in which your program keeps who has logged in. */
  readonly sessionSecret: string
}

export function createApp({ credential, cookieKey, sessionSecret }: Settings): Hono {
  const handler = signInHandler(credential, {
    accountOf: async (_, context: Context) => (await getSignedCookie(context, sessionSecret, 'session')) || undefined,
    cookieKey,
    basePath: '/buoys',
  })
  const app = new Hono()
  app.all('/buoys/*', (context) => handler(context.req.raw, context))
  return app
}
