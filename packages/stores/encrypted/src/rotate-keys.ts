import { isCredentialError, type TokenStore } from '@valetkey/core'
import { invalidOption } from '@valetkey/core/kit'
import { type Keyring, PACKAGE } from './keyring.ts'
import { type Opened, open, seal } from './seal.ts'

export interface RotatedKeys {
  /** Records that this call encrypted again with the first key. */
  readonly resealed: number
  /** Records that no key decrypts; they are not changed. */
  readonly unreadable: number
}

type Outcome = keyof RotatedKeys | 'current' | 'lost'

/** Handles one record at a time, and reads it again if another process writes it meanwhile. */
export async function rotateKeys(store: TokenStore, ring: Keyring): Promise<RotatedKeys> {
  if (store.list === undefined) throw invalidOption(PACKAGE, 'store', 'must have list() for rotateKeys()')
  const counts: Record<Outcome, number> = { resealed: 0, unreadable: 0, current: 0, lost: 0 }
  for await (const key of store.list()) {
    let outcome: Outcome
    do outcome = await resealRecord(store, ring, key)
    while (outcome === 'lost')
    counts[outcome] += 1
  }
  const { resealed, unreadable } = counts
  return { resealed, unreadable }
}

async function resealRecord(store: TokenStore, ring: Keyring, key: string): Promise<Outcome> {
  const { version, value } = await store.get(key)
  if (value === undefined) return 'current'
  const opened = await tryOpen(ring, key, value)
  if (opened === undefined) return 'unreadable'
  if (opened.keyId === ring[0].id) return 'current'
  const { retainMs } = opened
  const sealed = await seal(ring, key, opened.value, { retainMs })
  const written = await store.compareAndSet(key, version, sealed, { retainMs })
  return written.ok ? 'resealed' : 'lost'
}

async function tryOpen(ring: Keyring, key: string, value: string): Promise<Opened | undefined> {
  try {
    return await open(ring, key, value)
  } catch (error) {
    if (isCredentialError(error, 'record_unreadable')) return undefined
    throw error
  }
}
