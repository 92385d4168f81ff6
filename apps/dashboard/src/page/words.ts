import type { CardAction, CardState, GlobalAction, TokenState } from '../state.ts'

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

/** What will happen when they are pressed. */
const HINTS: { readonly [A in CardAction]: string } = {
  expire: 'The token ends now. The next request gets a new token first; nothing fails.',
  'revoke-token':
    'The vendor forgets the token. One request is refused, gets a new token and is replayed; nothing fails.',
  'revoke-grant':
    'The vendor forgets the refresh token too. The credential signs in again with the password; nothing fails.',
  'replace-key':
    'The vendor deletes the key and the vault holds a new one. One request is refused and replayed; nothing fails.',
  down: 'The vendor refuses every connection. Requests fail meanwhile; afterwards they succeed without a restart.',
  slow: 'Token calls take 2 s, and a new token is due. Requests go on with the old one meanwhile.',
  'rate-limit':
    'The token endpoint answers 429 for 3 s, and a new token is due. Requests go on with the old one meanwhile.',
  'sign-in': 'Leads to the vendor’s page, where you allow access or deny it.',
}

export function hintOf(action: CardAction, { grant }: Pick<CardState, 'grant'>): string {
  if (action === 'revoke-grant' && grant === 'authorization code')
    return 'The vendor forgets the refresh token too. Only a person can give another: the card asks for a sign-in.'
  return HINTS[action]
}

export const GLOBAL_HINTS: { readonly [A in GlobalAction]: string } = {
  burst: 'Every token ends, then 500 requests are sent at once: one token call for each token, and nothing fails.',
  'expire-all': 'Every token ends now. One token call follows for each, however many processes use it.',
  'second-start': 'Starts another server process that uses the same accounts and the same token store.',
  'second-stop': 'Ends the second process. The first goes on.',
}

/** What a person should conclude from a card, by the file in `connect` that makes its credential. */
export const CONCLUSIONS: Readonly<Record<string, string>> = {
  flume: 'Whatever ends, the token or the grant, no request fails: the password signs in again.',
  'airthings-client': 'A token that ends costs one token call and no failed request.',
  'airthings-sign-in': 'A person signs in once. From then on tokens replace themselves.',
  'bluesonde-key': 'A replaced key costs one replay and no restart.',
  'bluesonde-sign-in': 'Only a revoked grant needs a person; the rest is repaired without one.',
  m2m: 'Without a refresh token a new token still costs one token call, however many requests wait.',
  'flowlu-key': 'A replaced key costs one replay and no restart.',
  'flowlu-user': 'The vendor does not say when a token ends; the request that meets the end is replayed.',
}

export const QUICK_START = 'https://github.com/valetkey/valetkey/blob/main/docs/quick-start.md'

/** What the small words of the page mean. */
export const MEANINGS = {
  failures:
    'Requests whose answer the program could not use. Those from an outage that you caused count apart, until the vendor’s next good answer: after failed token calls valetkey waits before the next (a back-off).',
  replays:
    'Requests that the API refused and that valetkey sent again with a newer token or key. The program sees only the good answer.',
  generation:
    'Counts the tokens of this credential since the page was started, also those that another process obtained.',
  key: 'Counts the keys that this credential has used since the page was started.',
  keyRing: 'The ring is full for good: a key does not expire.',
  ring: 'The ring is what is left of the token’s life, in seconds. Under the orange arc it is renewed in the background; under the red one it is no longer used.',
} as const

/** One short sentence about the card. */
export function statusOf(
  card: Pick<CardState, 'token' | 'faults' | 'problem' | 'retryInMs' | 'generation' | 'actions'>,
): string {
  const { token, faults, problem, retryInMs, generation, actions } = card
  const [fault] = faults
  if (actions.includes('sign-in')) return 'A person has to sign in again.'
  if (fault && fault.name !== 'Grant revoked') return `${fault.name}, ${seconds(fault.endsInMs)} left`
  if (retryInMs !== undefined && retryInMs > 0)
    return `Token calls failed, so valetkey waits (back-off): next one in ${Math.ceil(retryInMs / 1000)} s.`
  if (retryInMs !== undefined) return 'The next request asks for a token again.'
  if (problem !== undefined) return problem
  if (token.state === 'key') return `Key ${generation}: never expires, is read again if refused.`
  return tokenStatus(token)
}

function tokenStatus(token: TokenState): string {
  if (token.state !== 'ready') return 'The next request gets a new token first.'
  const { expiresInMs, softMs = 0, hardMs = 0 } = token
  if (expiresInMs === undefined) return 'Valid; the vendor does not say for how long.'
  if (expiresInMs > softMs) return `Valid. Renewed in the background in ${seconds(expiresInMs - softMs)}.`
  if (expiresInMs > hardMs) return 'Being renewed in the background; requests go on.'
  return 'No longer used; the next request renews it.'
}

/** The ring in words. */
export function ringLabel(name: string, token: TokenState): string {
  switch (token.state) {
    case 'key':
      return `${name}: API key, never expires`
    case 'sign-in':
      return `${name}: no token, a person must sign in`
    case 'renewing':
      return `${name}: the next request gets a new token`
    case 'ready': {
      const { expiresInMs, lifetimeMs, softMs = 0, hardMs = 0 } = token
      if (expiresInMs === undefined || lifetimeMs === undefined) return `${name}: token of unknown lifetime`
      const windows = `renewed in the last ${seconds(softMs)}, not used in the last ${seconds(hardMs)}`
      return `${name}: token has ${seconds(expiresInMs)} of ${seconds(lifetimeMs)} left; ${windows}`
    }
  }
}
