import { AsyncLocalStorage } from 'node:async_hooks'
import { withCredential } from '@valetkey/fetch'
import type { SignInCredential } from '@valetkey/oauth2'
import type { Request, RequestHandler } from 'express'

export interface UserFetch {
  /** A fetch that sends with the tokens of the user whose request is being answered. */
  readonly userFetch: typeof fetch
  credentialOfUser(): SignInCredential
  /** To be used before any handler that calls one of the two. */
  readonly asUser: RequestHandler
}

export function createUserFetch(credential: SignInCredential, userOf: (request: Request) => string): UserFetch {
  const users = new AsyncLocalStorage<string>()
  const credentialOfUser = (): SignInCredential => {
    const user = users.getStore()
    if (user === undefined) throw new Error('"asUser" comes before handlers that call the API')
    return credential.for(user)
  }
  return {
    userFetch: withCredential(fetch, credentialOfUser),
    credentialOfUser,
    asUser: (request, _, next) => users.run(userOf(request), next),
  }
}
