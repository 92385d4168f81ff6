import { serve } from '@hono/node-server'
import * as bluesonde from '@valetkey/bluesonde'
import { requireEnv } from '@valetkey/core'
import { fileStore } from '@valetkey/store-file'
import { createApp } from './hono.ts'

const { env } = process

/** Each process has the same settings: whichever gets the callback completes the sign-in. */
const credential = bluesonde.authorizationCode({
  clientId: requireEnv(env, 'BLUESONDE_CLIENT_ID'),
  clientSecret: requireEnv(env, 'BLUESONDE_CLIENT_SECRET'),
  redirectUri: requireEnv(env, 'REDIRECT_URI'),
  baseUrl: requireEnv(env, 'BLUESONDE_BASE_URL'),
  tokenUrl: env.BLUESONDE_TOKEN_URL,
  authorizationUrl: env.BLUESONDE_AUTHORIZATION_URL,
  allowInsecureRequests: env.NODE_ENV !== 'production',
  store: fileStore({ path: requireEnv(env, 'TOKENS') }),
})
const { fetch } = createApp({
  credential,
  cookieKey: requireEnv(env, 'COOKIE_KEY'),
  sessionSecret: requireEnv(env, 'SESSION_SECRET'),
})
serve({ fetch, hostname: '127.0.0.1', port: Number(env.PORT ?? 0) }, ({ port }) => process.send?.(port))
