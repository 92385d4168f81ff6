import { createHash } from 'node:crypto'

import type { JWTPayload } from 'jose'

import { createRsaTokens, type IssuedTokens, lifetimeClaims, rsaKeys } from '../issued-tokens.ts'
import type { AirthingsSettings } from './options.ts'

/** What one simulated accounts service has issued. */
export interface Ledger {
  readonly accessTokens: IssuedTokens
  readonly refreshTokens: IssuedTokens
  readonly codes: Map<string, Code>
  issueAccessToken(consent: Consent): Promise<string>
  issueRefreshToken(consent: Consent): Promise<string>
  issueCode(code: Omit<Code, 'expiresAt'>): string
}

/** Who lets the client do what. */
export interface Consent {
  readonly userId: string
  readonly scopes: readonly string[]
}

/** An authorization code's conditions. */
export interface Code extends Consent {
  readonly redirectUri: string
  /** RFC 7636, S256. */
  readonly codeChallenge: string | undefined
  /** Unix ms. */
  readonly expiresAt: number
}

const ISSUER = 'https://accounts.airthings.com'

/** Airthings publishes none; the most that RFC 6749 §4.1.2 recommends. */
const CODE_LIFETIME_MS = 600_000

/** As if the first person had allowed it; `scopes` are the client's by default. */
export function firstConsent({ accounts, scopes: all }: AirthingsSettings, scopes: readonly string[] = all): Consent {
  return { userId: idOf(accounts[0]), scopes }
}

export function readConsent({ sub, scope }: JWTPayload): Consent {
  return { userId: String(sub), scopes: String(scope).split(' ') }
}

/** A UUID, the same for the same name. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex')
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, '$1-$2-4$3-8$4-$5')
}

export async function createLedger(settings: AirthingsSettings, now: () => number): Promise<Ledger> {
  const keys = await rsaKeys()
  const accessTokens = createRsaTokens(keys, now)
  const refreshTokens = createRsaTokens(keys, now)
  /** The claims of the access token that Airthings' changelog shows. */
  const claims = (expiresIn: number, { userId, scopes }: Consent, typ: 'BEARER' | 'REFRESH') => {
    const { iat, exp } = lifetimeClaims(now(), expiresIn)
    return {
      sub: userId,
      aud: settings.clientId,
      azp: settings.clientId,
      nbf: iat,
      iat,
      exp,
      jti: crypto.randomUUID(),
      iss: ISSUER,
      scope: scopes.join(' '),
      typ,
      hbs: 'true',
    }
  }
  const codes: Ledger['codes'] = new Map()
  return {
    accessTokens,
    refreshTokens,
    codes,
    issueAccessToken: (consent) => accessTokens.issue(claims(settings.expiresIn, consent, 'BEARER')),
    issueRefreshToken: (consent) => refreshTokens.issue(claims(settings.refreshExpiresIn, consent, 'REFRESH')),
    issueCode(code) {
      const text = crypto.randomUUID()
      codes.set(text, { ...code, expiresAt: now() + CODE_LIFETIME_MS })
      return text
    },
  }
}
