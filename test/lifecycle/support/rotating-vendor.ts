import { type GrantContext, GrantError, type TokenGrant, type TokenSet } from '@valetkey/core'

export interface RotatingVendorOptions {
  readonly canAcquire?: boolean
  readonly canRefresh?: boolean
  readonly expiresIn?: number | undefined
}

/**
 * A grant as a strict vendor keeps it: each refresh token works once, and using one again revokes the whole family
 * (RFC 9700 §4.14.2). Calls wait while `hold()` is in force.
 */
export function rotatingVendor({ canAcquire = true, canRefresh = true, expiresIn = 3600 }: RotatingVendorOptions = {}) {
  const calls: string[] = []
  const failures: Array<GrantError | Partial<TokenSet>> = []
  const live = new Set<string>()
  let serial = 0
  let reuses = 0
  let gate: Promise<void> | undefined
  const spent = new Set<string>()

  const mint = (): TokenSet => {
    serial += 1
    if (!canRefresh) return { accessToken: `access-${serial}`, expiresIn }
    live.add(`refresh-${serial}`)
    return { accessToken: `access-${serial}`, refreshToken: `refresh-${serial}`, expiresIn }
  }

  const scripted = (): Partial<TokenSet> => {
    const next = failures.shift()
    if (next instanceof GrantError) throw next
    return next ?? {}
  }

  const acquire = async (_context: GrantContext): Promise<TokenSet> => {
    calls.push('acquire')
    await gate
    const overrides = scripted()
    return { ...mint(), ...overrides }
  }

  const refresh = async (refreshToken: string, _context: GrantContext): Promise<TokenSet> => {
    calls.push(`refresh ${refreshToken}`)
    await gate
    const overrides = scripted()
    if (!live.delete(refreshToken)) {
      if (spent.has(refreshToken)) {
        reuses += 1
        live.clear()
      }
      throw new GrantError({ kind: 'reauthorization_required', sent: true, status: 400, oauthError: 'invalid_grant' })
    }
    spent.add(refreshToken)
    return { ...mint(), ...overrides }
  }

  const grant: TokenGrant = { ...(canAcquire && { acquire }), ...(canRefresh && { refresh }) }
  return {
    grant,
    calls,
    reuses: () => reuses,
    /** The next calls answer so: a failure, or members that replace those of the answer. */
    next: (...outcomes: Array<GrantError | Partial<TokenSet>>) => failures.push(...outcomes),
    /** Calls do not get an answer until the returned function is called. */
    hold() {
      let release: () => void = () => {}
      gate = new Promise((resolve) => {
        release = resolve
      })
      return () => {
        gate = undefined
        release()
      }
    },
    /** This refresh token works once, too: a person's sign-in gave it. */
    adopt: (refreshToken: string) => live.add(refreshToken),
    /** All refresh tokens die. */
    revokeGrants: () => live.clear(),
  }
}

export const unavailable = (more: { retryAfterMs?: number; sent?: boolean; status?: number } = {}): GrantError =>
  new GrantError({ kind: 'token_unavailable', sent: true, status: 500, ...more })
