import { randomBytes } from 'node:crypto'

import { exportJWK, type JWK } from 'jose'
import { createOpaqueTokens, createRsaTokens, type IssuedTokens, lifetimeClaims, rsaKeys } from '../issued-tokens.ts'
import type { IdentityProviderSettings } from './options.ts'

/** What one consent, password or client gave: its tokens live and die together. */
export interface Grant {
  /** Who signed in; absent: the client itself. */
  readonly account: string | undefined
  readonly scopes: readonly string[]
  /** What `audience` and `resource` named; a token request may name others for its access token. */
  readonly audiences: readonly string[]
  readonly accessTokens: Set<string>
  /** No token of it is good any more. */
  isOver: boolean
}

/** What an access token is valid for, as an API learns it. */
export interface TokenInfo {
  /** Who signed in; absent: the client itself. */
  readonly account?: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
}

export interface RefreshToken {
  readonly grant: Grant
  /** Unix ms. */
  readonly expiresAt: number
  usedAt: number | undefined
}

export interface Code {
  readonly grant: Grant
  readonly redirectUri: string
  /** RFC 7636, S256. */
  readonly codeChallenge: string | undefined
  /** Unix ms. */
  readonly expiresAt: number
  isUsed: boolean
}

/** A device that waits for a person (RFC 8628). */
export interface Device {
  readonly userCode: string
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  /** Unix ms. */
  readonly expiresAt: number
  polledAt: number
  /** `undefined`: the person has not answered yet. */
  answer: Grant | 'denied' | undefined
}

/** What one identity provider has issued. */
export interface Ledger {
  readonly refreshTokens: Map<string, RefreshToken>
  readonly codes: Map<string, Code>
  /** By device code. */
  readonly devices: Map<string, Device>
  /** Second uses of a refresh token that ended a grant. */
  reuses: number
  /** The public key of JWTs. */
  readonly keys: readonly JWK[]
  newGrant(grant: Pick<Grant, 'account' | 'scopes' | 'audiences'>): Grant
  issueAccessToken(grant: Grant, narrowed?: Partial<Pick<Grant, 'scopes' | 'audiences'>>): Promise<string>
  issueRefreshToken(grant: Grant): string
  check(accessToken: string): Promise<TokenInfo | undefined>
  revokeAccessToken(accessToken: string): void
  revokeAllAccess(): void
  end(grant: Grant): void
}

/** The most that RFC 6749 §4.1.2 recommends. */
export const CODE_LIFETIME_MS = 600_000

/** @param issuer as soon as it is known */
export async function createLedger(
  settings: IdentityProviderSettings,
  now: () => number,
  issuer: () => string,
): Promise<Ledger> {
  const { client, expiresIn, refreshExpiresIn, accessTokenFormat } = settings
  const keys = accessTokenFormat === 'jwt' ? await rsaKeys() : undefined
  const accessTokens: IssuedTokens = keys
    ? createRsaTokens(keys, now)
    : createOpaqueTokens(() => newText('access'), now)
  const refreshTokens: Ledger['refreshTokens'] = new Map()
  return {
    refreshTokens,
    codes: new Map(),
    devices: new Map(),
    reuses: 0,
    keys: keys ? [{ ...(await exportJWK(keys.publicKey)), alg: 'RS256', use: 'sig' }] : [],
    newGrant: (grant) => ({ ...grant, accessTokens: new Set(), isOver: false }),
    async issueAccessToken(grant, { scopes = grant.scopes, audiences = grant.audiences } = {}) {
      const token = await accessTokens.issue({
        iss: issuer(),
        sub: grant.account ?? client.id,
        aud: [...audiences],
        client_id: client.id,
        ...(grant.account !== undefined && { account: grant.account }),
        scope: scopes.join(' '),
        jti: crypto.randomUUID(),
        ...lifetimeClaims(now(), expiresIn),
      })
      grant.accessTokens.add(token)
      // It may have ended while the token was signed.
      if (grant.isOver) accessTokens.revoke(token)
      return token
    },
    issueRefreshToken(grant) {
      const token = newText('refresh')
      refreshTokens.set(token, { grant, expiresAt: now() + refreshExpiresIn * 1000, usedAt: undefined })
      return token
    },
    async check(accessToken) {
      const claims = await accessTokens.check(accessToken)
      if (!claims) return undefined
      const { account, scope, aud = [] } = claims
      return {
        ...(typeof account === 'string' && { account }),
        clientId: client.id,
        scopes: String(scope).split(' ').filter(Boolean),
        audiences: [aud].flat(),
      }
    },
    revokeAccessToken: accessTokens.revoke,
    revokeAllAccess: accessTokens.revokeAll,
    end(grant) {
      grant.isOver = true
      for (const token of grant.accessTokens) accessTokens.revoke(token)
      grant.accessTokens.clear()
    },
  }
}

/** `refresh-…`: the kind can be told in a log. */
export function newText(kind: 'access' | 'refresh' | 'code' | 'device'): string {
  return `${kind}-${randomBytes(24).toString('base64url')}`
}

/** As people type them: eight consonants (RFC 8628 §6.1). */
export function newUserCode(): string {
  const letters = Array.from(randomBytes(8), (byte) => 'BCDFGHJKLMNPQRSTVWXZ'[byte % 20]).join('')
  return `${letters.slice(0, 4)}-${letters.slice(4)}`
}
