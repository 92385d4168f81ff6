import type { TokenStore } from '@valetkey/core'
import { isCredentialError, memoryStore } from '@valetkey/core'
import type { VirtualClock } from '@valetkey/testing'
import { virtualClock } from '@valetkey/testing'
import { onTestFinished } from 'vitest'
import type { AuthorizationCodeOptions, PendingSignIn, SignInCredential } from '../../src/index.ts'
import { authorizationCode } from '../../src/index.ts'
import { complete } from './grants.ts'
import type { PlannedAnswer, TokenServer, WriteAnswer } from './token-server.ts'
import { startTokenServer } from './token-server.ts'

export const REDIRECT_URI = 'https://boats.example.com/callback'
export const AUTHORIZATION_URL = 'https://login.example.com/authorize'
export const ACCESS_TOKEN = 'canary-access-token'
export const REFRESH_TOKEN = 'canary-first-refresh-token'
export const CODE = 'canary-code'

export const TOKENS = { access_token: ACCESS_TOKEN, refresh_token: REFRESH_TOKEN, expires_in: 3600 }

/** A program that people sign in to, and the vendor's token endpoint. */
export interface SignInWorld {
  readonly server: TokenServer
  readonly clock: VirtualClock
  readonly store: TokenStore
  readonly credential: SignInCredential
  /** Another credential with the same store and clock. */
  connect(changes?: Partial<AuthorizationCodeOptions>): SignInCredential
}

export async function startSignInWorld(
  answer: PlannedAnswer | WriteAnswer = { body: TOKENS },
  options: Partial<AuthorizationCodeOptions> = {},
): Promise<SignInWorld> {
  const server = await startTokenServer(answer)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const { tokenUrl } = server
  const connect = (changes: Partial<AuthorizationCodeOptions> = {}) =>
    authorizationCode({
      ...complete({ tokenUrl, authorizationUrl: AUTHORIZATION_URL, clock, store }),
      redirectUri: REDIRECT_URI,
      ...options,
      ...changes,
    })
  return { server, clock, store, credential: connect(), connect }
}

/** Where the vendor sends the user back to. */
export function callbackOf(
  { state }: PendingSignIn,
  parameters: Readonly<Record<string, string>> = { code: CODE },
): URL {
  return new URL(`${REDIRECT_URI}?${new URLSearchParams({ state, ...parameters })}`)
}

/** A person signs in, and the vendor has nothing against it. */
export async function signIn(credential: SignInCredential): Promise<void> {
  const { signIn: pending } = await credential.beginSignIn()
  await credential.completeSignIn(callbackOf(pending), pending)
}

export async function errorOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (isCredentialError(error)) return error
  throw error
}
