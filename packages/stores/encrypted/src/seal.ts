import { CredentialError } from '@valetkey/core'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import { CompactEncrypt } from 'jose/jwe/compact/encrypt'
import { type Keyring, PACKAGE, type RingKey } from './keyring.ts'

export interface Opened {
  readonly value: string
  /** Id of the key that sealed it. */
  readonly keyId: string
  /** What the record was written with, so that sealing it anew keeps it. */
  readonly retainMs: number | undefined
}

/**
 * Compact JWE (RFC 7516), `dir` with A256GCM. The store key is part of what is authenticated, so that a record copied to
 * another key does not open.
 */
export async function seal(
  ring: Keyring,
  key: string,
  value: string,
  { retainMs }: { readonly retainMs?: number | undefined } = {},
): Promise<string> {
  const [{ id, cryptoKey }] = ring
  return await new CompactEncrypt(new TextEncoder().encode(value))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id, key, ...(retainMs !== undefined && { retainMs }) })
    .encrypt(await cryptoKey())
}

/** @throws CredentialError `record_unreadable` for anything that `seal` with one of these keys did not make for `key` */
export async function open(ring: Keyring, key: string, sealed: string): Promise<Opened> {
  const keyId = keyIdOf(sealed)
  const ringKey = ring.find(({ id }) => id === keyId)
  if (ringKey === undefined) throw unreadable('is encrypted with a key that is not among "keys"')
  const { plaintext, protectedHeader } = await decrypt(await ringKey.cryptoKey(), sealed)
  if (protectedHeader.key !== key) throw unreadable('was made for another store key')
  const { retainMs } = protectedHeader
  return {
    value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(plaintext),
    keyId: ringKey.id,
    retainMs: typeof retainMs === 'number' ? retainMs : undefined,
  }
}

function keyIdOf(sealed: string): unknown {
  try {
    return decodeProtectedHeader(sealed).kid
  } catch {
    throw unreadable('is not encrypted')
  }
}

/** The reason is not chained: it may quote the record. */
async function decrypt(key: Awaited<ReturnType<RingKey['cryptoKey']>>, sealed: string) {
  try {
    return await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
  } catch {
    throw unreadable('was changed, or its key id names another key')
  }
}

function unreadable(why: string): CredentialError<'record_unreadable'> {
  const message = `[${PACKAGE}] the stored record ${why}; it is left as it is`
  return new CredentialError('record_unreadable', message, { vendor: 'store-encrypted' })
}
