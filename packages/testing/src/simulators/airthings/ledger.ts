import { createRsaTokens, type IssuedTokens, lifetimeClaims, rsaKeys } from '../issued-tokens.ts'
import type { AirthingsSettings } from './options.ts'

/** What one simulated accounts service has given out. */
export interface Ledger {
  readonly accessTokens: IssuedTokens
  readonly refreshTokens: IssuedTokens
  readonly codes: Map<string, Code>
  issueAccessToken(scopes: readonly string[]): Promise<string>
  issueRefreshToken(scopes: readonly string[]): Promise<string>
}

/** An authorization code's conditions. */
export interface Code {
  readonly redirectUri: string
  readonly scopes: readonly string[]
}

const ISSUER = 'https://accounts.airthings.com'
const USER_ID = '5f1d6f5e-0000-4000-8000-3c1b7a9e2d10'

export async function createLedger(settings: AirthingsSettings, now: () => number): Promise<Ledger> {
  const keys = await rsaKeys()
  const accessTokens = createRsaTokens(keys, now)
  const refreshTokens = createRsaTokens(keys, now)
  /** The claims of the access token that Airthings' changelog shows. */
  const claims = (expiresIn: number, scopes: readonly string[], typ: 'BEARER' | 'REFRESH') => {
    const { iat, exp } = lifetimeClaims(now(), expiresIn)
    return {
      sub: USER_ID,
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
  return {
    accessTokens,
    refreshTokens,
    codes: new Map(),
    issueAccessToken: (scopes) => accessTokens.issue(claims(settings.expiresIn, scopes, 'BEARER')),
    issueRefreshToken: (scopes) => refreshTokens.issue(claims(settings.refreshExpiresIn, scopes, 'REFRESH')),
  }
}
