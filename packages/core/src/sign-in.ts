import { randomId } from './fingerprint.ts'
import type { Known, ObtainedTokens } from './flight/state.ts'
import type { GrantRecord } from './record.ts'
import { type Replaced, replaceRecord } from './replace-record.ts'

/** Stores the tokens that a person's sign-in gave; no refresh that began before can overwrite them. */
export function storeSignedIn(
  parts: Parameters<typeof replaceRecord>[0],
  key: string,
  tokens: ObtainedTokens,
): Promise<Replaced> {
  const id = randomId()
  return replaceRecord(parts, key, (known) => signedInRecord(key, id, tokens, known))
}

function signedInRecord(key: string, id: string, tokens: ObtainedTokens, { record, now }: Known): GrantRecord {
  const { lifetimeMs, refreshLifetimeMs, ...rest } = tokens
  return {
    v: 1,
    key,
    generation: Math.max((record?.generation ?? 0) + 1, Math.floor(now)),
    setId: id,
    tokens: {
      ...rest,
      issuedAt: now,
      expiresAt: lifetimeMs === undefined ? undefined : now + lifetimeMs,
      refreshExpiresAt: refreshLifetimeMs === undefined ? undefined : now + refreshLifetimeMs,
    },
    writtenBy: id,
  }
}
