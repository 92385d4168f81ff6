import type { CardAction, CardState, GlobalAction, TokenState } from '../state.ts'

const NUMBERS = new Intl.NumberFormat('en-US')

/** With separators between thousands. */
export function count(value: number): string {
  return NUMBERS.format(value)
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1000))} s`
}

/** Labels of the buttons. */
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

/** What happens when they are pressed. */
const HINTS: { readonly [A in CardAction]: string } = {
  expire: 'The token expires now. The next request gets a new token first; nothing fails.',
  'revoke-token':
    'The vendor revokes the token. One request is refused, gets a new token and is replayed; nothing fails.',
  'revoke-grant':
    'The vendor also revokes the refresh token. The credential signs in again with the password; nothing fails.',
  'replace-key':
    'The vendor deletes the key, and the vault has a new one. One request is refused and replayed; nothing fails.',
  down: 'The vendor refuses every connection for 20 s. Requests fail; afterwards they succeed without a restart.',
  slow: 'Token calls take 2 s, and a refresh is due. Requests continue with the old token.',
  'rate-limit': 'The token endpoint answers 429 for 3 s, and a refresh is due. Requests continue with the old token.',
  'sign-in': 'Opens the vendor’s page, where you allow or deny access.',
}

export function hintOf(action: CardAction, { grant }: Pick<CardState, 'grant'>): string {
  if (action === 'revoke-grant' && grant === 'authorization code')
    return 'The vendor also revokes the refresh token. A user has to sign in again: the card asks for it.'
  return HINTS[action]
}

export const GLOBAL_HINTS: { readonly [A in GlobalAction]: string } = {
  burst: 'Every token expires, then 500 requests are sent at once: one token call per token, and nothing fails.',
  'expire-all': 'Every token expires now. Each costs one token call, for any number of processes.',
  'second-start': 'Starts another server process that uses the same accounts and the same token store.',
  'second-stop': 'Stops the second process. The first continues.',
}

/** The conclusion of a card, by the file in `connect` that makes its credential. */
export const CONCLUSIONS: Readonly<Record<string, string>> = {
  flume: 'If the token or the grant ends, no request fails: the password signs in again.',
  'airthings-client': 'An expired token costs one token call and no failed request.',
  'airthings-sign-in': 'A user signs in once. From then on valetkey refreshes the tokens.',
  'bluesonde-key': 'A replaced key costs one replay and no restart.',
  'bluesonde-sign-in': 'A user has to sign in again only after a revoked grant.',
  m2m: 'Without a refresh token, a new token still costs one token call for any number of requests.',
  'flowlu-key': 'A replaced key costs one replay and no restart.',
  'flowlu-user': 'The vendor does not state the lifetime of a token; the first refused request is replayed.',
}

export const QUICK_START = 'https://github.com/valetkey/valetkey/blob/main/docs/quick-start.md'

/** Explanations of the page's terms. */
export const MEANINGS = {
  failures:
    'Requests whose answer the program could not use. Failures from an outage that you caused are counted separately, until the vendor’s next good answer: after failed token calls valetkey waits before the next (a back-off).',
  replays:
    'Requests that the API refused and that valetkey sent again with a newer token or key. The program gets only the second answer.',
  generation: 'Counts the tokens of this credential since the page was started, including tokens from another process.',
  key: 'Counts the keys that this credential has used since the page was started.',
  keyRing: 'The ring stays full: a key does not expire.',
  ring: 'The ring shows the seconds until the token expires. Under the orange arc it is refreshed in the background; under the red one it is no longer used.',
} as const

/** One short sentence about the card. */
export function statusOf(
  card: Pick<CardState, 'token' | 'faults' | 'problem' | 'retryInMs' | 'generation' | 'actions'>,
): string {
  const { token, faults, problem, retryInMs, generation, actions } = card
  const [fault] = faults
  if (actions.includes('sign-in')) return 'A user has to sign in again.'
  if (fault && fault.name !== 'Grant revoked') return `${fault.name}, ${seconds(fault.endsInMs)} left`
  if (retryInMs !== undefined && retryInMs > 0)
    return `Token calls failed, so valetkey waits (back-off): next one in ${Math.ceil(retryInMs / 1000)} s.`
  if (retryInMs !== undefined) return 'The next request gets a token.'
  if (problem !== undefined) return problem
  if (token.state === 'key') return `Key ${generation}: never expires, is read again if refused.`
  return tokenStatus(token)
}

function tokenStatus(token: TokenState): string {
  if (token.state !== 'ready') return 'The next request gets a new token first.'
  const { expiresInMs, softMs = 0, hardMs = 0 } = token
  if (expiresInMs === undefined) return 'Valid; the vendor does not say for how long.'
  if (expiresInMs > softMs) return `Valid. Refreshed in the background in ${seconds(expiresInMs - softMs)}.`
  if (expiresInMs > hardMs) return 'Refreshing in the background; requests continue.'
  return 'No longer used; the next request gets a new one.'
}

/** The ring in words. */
export function ringLabel(name: string, token: TokenState): string {
  switch (token.state) {
    case 'key':
      return `${name}: API key, never expires`
    case 'sign-in':
      return `${name}: no token, a user must sign in`
    case 'renewing':
      return `${name}: the next request gets a new token`
    case 'ready': {
      const { expiresInMs, lifetimeMs, softMs = 0, hardMs = 0 } = token
      if (expiresInMs === undefined || lifetimeMs === undefined) return `${name}: token of unknown lifetime`
      const windows = `refreshed in the last ${seconds(softMs)}, not used in the last ${seconds(hardMs)}`
      return `${name}: token has ${seconds(expiresInMs)} of ${seconds(lifetimeMs)} left; ${windows}`
    }
  }
}
