import { AsyncLocalStorage } from 'node:async_hooks'
import { withCredential } from '@valetkey/fetch'
import type { SignInCredential } from '@valetkey/oauth2'
import type { Request, RequestHandler } from 'express'

export interface UserFetch {
  /** A fetch that sends with the tokens of the user whose request is being answered. */
  readonly userFetch: typeof fetch
  /** Use this before every handler that fetches. Without a logged-in user it answers 401. */
  readonly asUser: RequestHandler
}

export function createUserFetch(
  credential: SignInCredential,
  userOf: (request: Request) => string | undefined,
): UserFetch {
  const users = new AsyncLocalStorage<string>()
  const credentialOfUser = (): SignInCredential => {
    const user = users.getStore()
    if (user === undefined) throw new Error('"asUser" comes before handlers that call the API')
    return credential.for(user)
  }
  return {
    userFetch: withCredential(fetch, credentialOfUser),
    asUser(request, response, next) {
      const user = userOf(request)
      if (user) users.run(user, next)
      else response.status(401).send('Please log in.')
    },
  }
}
