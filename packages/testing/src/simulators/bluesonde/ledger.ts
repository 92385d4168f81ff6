import { randomBytes } from 'node:crypto'

import { createOpaqueTokens, createRsaTokens, type IssuedTokens, lifetimeClaims, rsaKeys } from '../issued-tokens.ts'
import type { BluesondeSettings } from './options.ts'

/** What one consent gave: its tokens live and die together. */
export interface Family {
  /** Who consented. */
  readonly user: string
  readonly scopes: readonly string[]
  readonly accessTokens: Set<string>
  revoked: boolean
}

export interface RefreshToken {
  readonly family: Family
  /** Unix ms. */
  readonly expiresAt: number
  usedAt: number | undefined
  /** Whether a refresh with it is under way. */
  busy: boolean
}

export interface Code {
  readonly family: Family
  readonly redirectUri: string
  /** RFC 7636, S256. */
  readonly codeChallenge: string | undefined
  /** Unix ms. */
  readonly expiresAt: number
  used: boolean
}

/** The tokens of one answer. */
export interface Issued {
  readonly family: Family
  readonly accessToken: string
  readonly refreshToken: string | undefined
}

/** What one simulated authorization server has issued. */
export interface Ledger {
  readonly accessTokens: IssuedTokens
  readonly refreshTokens: Map<string, RefreshToken>
  readonly codes: Map<string, Code>
  issueAccessToken(family: Family): Promise<string>
  issueRefreshToken(family: Family): string
  issueCode(code: Pick<Code, 'family' | 'redirectUri' | 'codeChallenge'>): string
  /** Ends every access token of a family. */
  revokeAccess(family: Family): void
}

/** Default of Ory's servers. */
const CODE_LIFETIME_MS = 600_000

export function newFamily(user: string, scopes: readonly string[]): Family {
  return { user, scopes, accessTokens: new Set(), revoked: false }
}

export async function createLedger(settings: BluesondeSettings, now: () => number): Promise<Ledger> {
  const accessTokens = await createAccessTokens(settings, now)
  const refreshTokens: Ledger['refreshTokens'] = new Map()
  const codes: Ledger['codes'] = new Map()
  return {
    accessTokens,
    refreshTokens,
    codes,
    async issueAccessToken(family) {
      const token = await accessTokens.issue(accessClaims(settings, family, now()))
      family.accessTokens.add(token)
      return token
    },
    issueRefreshToken(family) {
      const token = newText('rt')
      const expiresAt = now() + settings.refreshExpiresIn * 1000
      refreshTokens.set(token, { family, expiresAt, usedAt: undefined, busy: false })
      return token
    },
    issueCode(code) {
      const text = newText('ac')
      codes.set(text, { ...code, expiresAt: now() + CODE_LIFETIME_MS, used: false })
      return text
    },
    revokeAccess(family) {
      for (const token of family.accessTokens) accessTokens.revoke(token)
      family.accessTokens.clear()
    },
  }
}

async function createAccessTokens({ accessTokenFormat }: BluesondeSettings, now: () => number): Promise<IssuedTokens> {
  return accessTokenFormat === 'jwt'
    ? createRsaTokens(await rsaKeys(), now)
    : createOpaqueTokens(() => newText('at'), now)
}

/** The claims that Ory's servers put into a JWT. */
function accessClaims({ client, expiresIn }: BluesondeSettings, { user, scopes }: Family, nowMs: number) {
  const { iat, exp } = lifetimeClaims(nowMs, expiresIn)
  return {
    aud: [],
    client_id: client?.id,
    ext: {},
    iss: 'https://auth.bluesonde.io',
    jti: crypto.randomUUID(),
    nbf: iat,
    iat,
    exp,
    scp: [...scopes],
    sub: user,
  }
}

/** A token or code as Ory's servers write them. */
function newText(kind: 'at' | 'rt' | 'ac'): string {
  const [text, signature] = [randomBytes(32), randomBytes(32)].map((bytes) => bytes.toString('base64url'))
  return `ory_${kind}_${text}.${signature}`
}
