import * as bluesonde from '@valetkey/bluesonde'
import { memoryStore, requireEnv } from '@valetkey/core'
import { type SignInHandler, signInHandler } from '@valetkey/sign-in'
import { userOf } from './session.ts'

/** For one process. With several: `redisStore` or `postgresStore`. */
const store = memoryStore()

/** Made when a request needs it: `next build` loads this module where there are no secrets. */
export function handler(): SignInHandler {
  const credential = bluesonde.authorizationCode({
    clientId: requireEnv(process.env, 'BLUESONDE_CLIENT_ID'),
    clientSecret: requireEnv(process.env, 'BLUESONDE_CLIENT_SECRET'),
    redirectUri: requireEnv(process.env, 'REDIRECT_URI'),
    baseUrl: requireEnv(process.env, 'BLUESONDE_BASE_URL'),
    tokenUrl: process.env.BLUESONDE_TOKEN_URL,
    authorizationUrl: process.env.BLUESONDE_AUTHORIZATION_URL,
    allowInsecureRequests: process.env.NODE_ENV !== 'production',
    store,
  })
  return signInHandler(credential, {
    accountOf: userOf,
    cookieKey: requireEnv(process.env, 'COOKIE_KEY'),
    basePath: '/buoys',
  })
}
