import type { EncryptionKey } from '@valetkey/store-encrypted'

/** A key that is the same in every run: 32 times the given byte. */
export function keyOf(id: string, byte: number): EncryptionKey {
  return { id, key: new Uint8Array(32).fill(byte) }
}

export const OLD: EncryptionKey = keyOf('2026-01', 1)
export const NEW: EncryptionKey = keyOf('2026-11', 2)
