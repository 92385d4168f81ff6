import type { GrantContext, TokenGrant, TokenSet } from '@valetkey/core'
import type { GrantFailure } from '@valetkey/core/kit'
import { isGrantError, ownMembers } from '@valetkey/core/kit'
import { resolveTokenEndpoint } from '../../src/endpoint.ts'
import { clientCredentialsGrant } from '../../src/grants/client-credentials.ts'
import { passwordGrant } from '../../src/grants/password.ts'
import type { OAuthOptions } from '../../src/options.ts'

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
  const own = { ...complete(options), username: 'skipper@example.com', password: PASSWORD, ...signIn }
  return passwordGrant(resolveTokenEndpoint(own), own)
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

export function context(overrides: Partial<GrantContext> = {}): GrantContext {
  return { account: 'default', signal: new AbortController().signal, fetch, now: () => NOW, ...overrides }
}

export function acquire(grant: TokenGrant, overrides?: Partial<GrantContext>): Promise<TokenSet> {
  if (!grant.acquire) throw new Error('this grant cannot issue')
  return grant.acquire(context(overrides))
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
