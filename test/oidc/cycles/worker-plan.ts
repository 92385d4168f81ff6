import type { TokenStore } from '@valetkey/core'
import type { SignInCredential } from '@valetkey/oauth2'
import { authorizationCode } from '@valetkey/oauth2'
import { REDIRECT_URI } from '../support/program.ts'

/** The one argument of a worker, as JSON. */
export interface WorkerPlan {
  readonly issuer: string
  readonly apiOrigin: string
  readonly socket: string
  readonly clientId: string
  readonly clientSecret: string | undefined
  /** At the same time, in each cycle. */
  readonly requests: number
}

/** What a worker tells after each cycle. */
export interface WorkerReport {
  /** The status of each answer, or the error's code. */
  readonly outcomes: readonly string[]
}

/** The same in every process. */
export function connect(plan: Omit<WorkerPlan, 'socket' | 'requests'>, store: TokenStore): SignInCredential {
  const { issuer, apiOrigin, clientId, clientSecret } = plan
  return authorizationCode({
    vendor: 'acme',
    issuer,
    origins: [apiOrigin],
    clientId,
    clientSecret,
    redirectUri: REDIRECT_URI,
    scopes: ['openid', 'offline_access'],
    allowInsecureRequests: true,
    store,
  })
}
