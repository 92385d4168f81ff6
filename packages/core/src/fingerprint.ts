import type { TokenGrant } from './grant.ts'

/** 64 random bits in hex. */
export function randomId(): string {
  return hex(crypto.getRandomValues(new Uint8Array(8)))
}

/**
 * First 4 hex digits of SHA-256(salt ‖ secrets): enough to tell a corrected configuration from a refused one, too little to
 * guess a secret by. `undefined` where the grant names no secrets or the runtime has no WebCrypto (a page over plain http).
 */
export async function fingerprint(grant: TokenGrant, salt: string): Promise<string | undefined> {
  try {
    const secrets = await grant.secrets?.()
    if (secrets === undefined) return undefined
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(salt + secrets))
    return hex(new Uint8Array(digest)).slice(0, 4)
  } catch {
    return undefined
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
