import { CredentialError } from '@valetkey/core/kit'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { compactDecrypt } from 'jose/jwe/compact/decrypt'
import { CompactEncrypt } from 'jose/jwe/compact/encrypt'
import { type Keyring, PACKAGE, type RingKey } from './keyring.ts'

export interface Opened {
  readonly value: string
  /** Id of the key that encrypted it. */
  readonly keyId: string
  /** As the record was written: encrypting it again keeps the value. */
  readonly retainMs: number | undefined
}

/**
 * Compact JWE (RFC 7516), `dir` with A256GCM. The store key is authenticated too, so that a record copied to another key cannot
 * be decrypted.
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
  const keyId = keyIdOf(key, sealed)
  const ringKey = ring.find(({ id }) => id === keyId)
  if (ringKey === undefined) throw unreadable(key, 'is encrypted with a key that is not among "keys"')
  const { plaintext, protectedHeader } = await decrypt(await ringKey.cryptoKey(), key, sealed)
  if (protectedHeader.key !== key) throw unreadable(key, 'was made for another store key')
  const { retainMs } = protectedHeader
  return {
    value: new TextDecoder('utf-8', { ignoreBOM: true }).decode(plaintext),
    keyId: ringKey.id,
    retainMs: typeof retainMs === 'number' ? retainMs : undefined,
  }
}

function keyIdOf(key: string, sealed: string): unknown {
  try {
    return decodeProtectedHeader(sealed).kid
  } catch {
    throw unreadable(key, 'is not encrypted')
  }
}

/** The reason is not chained: it may quote the record. */
async function decrypt(cryptoKey: Awaited<ReturnType<RingKey['cryptoKey']>>, key: string, sealed: string) {
  try {
    return await compactDecrypt(sealed, cryptoKey, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
  } catch {
    throw unreadable(key, 'was changed, or its key id names another key')
  }
}

function unreadable(key: string, why: string): CredentialError<'record_unreadable'> {
  const remedy = 'it is left as it is: give the store its keys, or delete it and sign in again'
  const message = `[${PACKAGE}] the record of the key ${key} ${why}; ${remedy}`
  return new CredentialError('record_unreadable', message, { vendor: 'store-encrypted' })
}
