import { invalidOption, KEY_HOW_TO, requireKey } from '@valetkey/core/kit'
import type { PendingSignIn } from '@valetkey/oauth2'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import { CompactEncrypt } from 'jose/jwe/compact/encrypt'

export const PACKAGE = '@valetkey/sign-in'

/** 32 random bytes, also as base64, base64url or hex. */
export type CookieKey = Uint8Array | string

/** What a server remembers of a sign-in between begin and callback. */
export interface SealedSignIn {
  readonly returnTo: string
  readonly signIn: PendingSignIn
}

/** @throws CredentialError `invalid_option`, which never quotes a key */
export function cookieKeys(given: unknown): readonly [Uint8Array, ...Uint8Array[]] {
  if (given === undefined) throw invalidOption(PACKAGE, 'cookieKey', `is required: ${KEY_HOW_TO}`)
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const [first, ...others] = list.map((key, index) => {
    return requireKey(PACKAGE, key, Array.isArray(given) ? `cookieKey[${index}]` : 'cookieKey')
  })
  if (first === undefined) throw invalidOption(PACKAGE, 'cookieKey', 'must hold at least one key')
  return [first, ...others]
}

/** A JWE of something else that was sealed with the same key does not open. */
const TYPE = 'valetkey-sign-in'

/**
 * Compact JWE (RFC 7516), `dir` with A256GCM. Its header, which is authenticated and readable, says when the sign-in ends. `signIn`
 * identifies user and sign-in, and is compared when the sign-in completes.
 */
export async function seal(key: Uint8Array, sealed: SealedSignIn): Promise<string> {
  const { expiresAt } = sealed.signIn
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(sealed)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: TYPE, expiresAt })
    .encrypt(key)
}

/** `undefined` for anything that `seal` with one of these keys did not make. */
export async function open(keys: readonly Uint8Array[], value: string): Promise<SealedSignIn | undefined> {
  for (const key of keys) {
    try {
      const { plaintext, protectedHeader } = await compactDecrypt(value, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      if (protectedHeader.typ !== TYPE) return undefined
      // What was sealed with a key of this server is what `seal` wrote.
      return JSON.parse(new TextDecoder().decode(plaintext)) as SealedSignIn
    } catch {
      // Another key, or changed: the reason is not reported.
    }
  }
  return undefined
}

/** When a sign-in ends, from the unopened cookie: Unix ms; 0 if it is not stated. */
export function endOf(value: string): number {
  try {
    const { expiresAt } = decodeProtectedHeader(value)
    return typeof expiresAt === 'number' ? expiresAt : 0
  } catch {
    return 0
  }
}
