import type { GrantContext, GrantFailure, TokenGrant, TokenSet } from '@valetkey/core'
import { isGrantError } from '@valetkey/core'
import { clientCredentialsGrant } from '../../src/client-credentials.ts'
import { ownMembers } from '../../src/own-members.ts'
import { passwordGrant } from '../../src/password.ts'
import { resolveTokenEndpoint } from '../../src/resolve-token-endpoint.ts'
import type { OAuthOptions } from '../../src/token-endpoint.ts'

export const CLIENT_SECRET = 'canary-client-secret'
export const PASSWORD = 'canary-password'
export const REFRESH_TOKEN = 'canary-refresh-token'

/** Sunday, 22 November 2026, 12:00 UTC. */
export const NOW = Date.UTC(2026, 10, 22, 12)

export type GrantOptions = Partial<OAuthOptions>

export function clientGrant(options: GrantOptions): TokenGrant {
  return clientCredentialsGrant(resolveTokenEndpoint(complete(options)))
}

export function userGrant(options: GrantOptions, signIn: { username?: string; password?: string } = {}): TokenGrant {
  return passwordGrant(resolveTokenEndpoint(complete(options)), {
    username: 'skipper@example.com',
    password: PASSWORD,
    ...signIn,
  })
}

export function complete(options: GrantOptions): OAuthOptions {
  return ownMembers({
    vendor: 'acme',
    origins: ['https://api.example.com'],
    clientId: 'boat-app',
    clientSecret: CLIENT_SECRET,
    allowInsecureRequests: true,
    ...options,
  })
}

function context(overrides: Partial<GrantContext> = {}): GrantContext {
  return { account: 'default', signal: new AbortController().signal, fetch, now: () => NOW, ...overrides }
}

export function issue(grant: TokenGrant, overrides?: Partial<GrantContext>): Promise<TokenSet> {
  if (!grant.issue) throw new Error('this grant cannot issue')
  return grant.issue(context(overrides))
}

export function refresh(grant: TokenGrant, refreshToken: string = REFRESH_TOKEN): Promise<TokenSet> {
  if (!grant.refresh) throw new Error('this grant cannot refresh')
  return grant.refresh(refreshToken, context())
}

/** What the grant failed with; fails the test when it did not fail, or failed otherwise than a grant may. */
export async function failureOf(work: Promise<TokenSet>): Promise<GrantFailure> {
  const error: unknown = await work.then(
    () => new Error('the grant succeeded'),
    (reason: unknown) => reason,
  )
  if (!isGrantError(error)) throw error
  return error.failure
}
