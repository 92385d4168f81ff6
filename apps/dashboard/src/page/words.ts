import type { CardAction, CardState, TokenState } from '../state.ts'

const NUMBERS = new Intl.NumberFormat('en-US')

/** With separators between thousands. */
export function count(value: number): string {
  return NUMBERS.format(value)
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1000))} s`
}

/** What the buttons say. */
export const ACTIONS: { readonly [A in CardAction]: string } = {
  expire: 'Expire now',
  'revoke-token': 'Revoke token',
  'revoke-grant': 'Revoke grant',
  'replace-key': 'Replace key',
  down: 'Vendor down for 20 s',
  slow: 'Slow token endpoint',
  'rate-limit': 'Rate limit',
  'sign-in': 'Sign in again',
}

/** One short sentence about the card. */
export function statusOf({ token, faults, problem, generation, actions }: CardState): string {
  const [fault] = faults
  if (actions.includes('sign-in')) return 'A person has to sign in again.'
  if (fault && fault.name !== 'Grant revoked') return `${fault.name}, ${seconds(fault.endsInMs)} left`
  if (problem !== undefined) return problem
  if (token.state === 'key') return `Key ${generation}: never expires, is read again if refused.`
  return tokenStatus(token)
}

function tokenStatus(token: TokenState): string {
  if (token.state !== 'ready') return 'Renewing with the next request.'
  const { expiresInMs, softMs = 0, hardMs = 0 } = token
  if (expiresInMs === undefined) return 'Valid; nobody tells for how long.'
  if (expiresInMs > softMs) return `Valid. Renewed in the background in ${seconds(expiresInMs - softMs)}.`
  if (expiresInMs > hardMs) return 'Renewing in the background; requests go on.'
  return 'No longer used; the next request renews it.'
}

/** The ring in words. */
export function ringLabel(name: string, token: TokenState): string {
  switch (token.state) {
    case 'key':
      return `${name}: API key, never expires`
    case 'sign-in':
      return `${name}: no token, somebody has to sign in`
    case 'renewing':
      return `${name}: token is being renewed`
    case 'ready': {
      const { expiresInMs, lifetimeMs, softMs = 0, hardMs = 0 } = token
      if (expiresInMs === undefined || lifetimeMs === undefined) return `${name}: token of unknown lifetime`
      const windows = `renewed in the last ${seconds(softMs)}, not used in the last ${seconds(hardMs)}`
      return `${name}: token has ${seconds(expiresInMs)} of ${seconds(lifetimeMs)} left; ${windows}`
    }
  }
}
