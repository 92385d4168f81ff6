import { CredentialError, isCredentialError } from '../errors.ts'
import { hex } from '../secrets.ts'
import { getWithin, IN_PROCESS, setWithin, type TokenStore } from '../store.ts'
import { type Clock, within } from '../time.ts'
import { GrantError, isGrantError, REQUEST_LIMIT_MS, type TokenGrant } from './grant.ts'

/** @throws GrantError, in words that may be shown */
export async function readSecrets(clock: Clock, grant: TokenGrant): Promise<string> {
  const reading = async (): Promise<unknown> => grant.secrets?.()
  try {
    const secrets = await within(clock, REQUEST_LIMIT_MS, reading(), () => undefined)
    if (typeof secrets === 'string') return secrets
  } catch (error) {
    if (isGrantError(error)) throw error
  }
  throw new GrantError({ kind: 'token_unavailable', sent: false, description: 'the secrets could not be read' })
}

/** What each guess at a secret costs an attacker who has read an unencrypted store. Cloudflare Workers permit no more. */
const ITERATIONS = 100_000
/** An attacker who can read this process's memory has the secrets themselves. */
const ITERATIONS_IN_PROCESS = 1
/** No two secrets meet by chance. */
const TAG_BITS = 128
const SALT_BYTES = 16
const SALT_KEY = JSON.stringify(['vk1-salt'])
/** A first write and its confirmation, with one more try for a process that lost the race. */
const SALT_TRIES = 3
/** Tags remembered per store, so that a credential made for each request derives nothing. */
const TAGS_MAX = 1_000

interface Derived {
  salt?: Promise<string> | undefined
  /** By a digest of store key and secrets: the secrets are not kept. */
  readonly tags: Map<string, Promise<string>>
}

/** Held by the store object itself, so that nothing outlives it. */
const derivedOfStore = new WeakMap<TokenStore, Derived>()

/**
 * The store key of what these secrets obtain: other secrets of the same client or user have another record, which they can
 * neither read nor spoil. Its last member is PBKDF2 over the secrets, with a salt that the store keeps.
 * @throws what the store throws; CredentialError `record_unreadable`
 */
export async function secretKey(
  { store, clock, keyParts }: { store: TokenStore; clock: Clock; keyParts: readonly string[] },
  secrets: string,
): Promise<string> {
  const derived = derivedOfStore.get(store) ?? { tags: new Map<string, Promise<string>>() }
  derivedOfStore.set(store, derived)
  derived.salt ??= forgetFailure(readSalt(store, clock), () => {
    derived.salt = undefined
  })
  const place = JSON.stringify([await derived.salt, ...keyParts])
  const id = hex(await crypto.subtle.digest('SHA-256', bytes(JSON.stringify([place, secrets]))))
  const iterations = IN_PROCESS in store ? ITERATIONS_IN_PROCESS : ITERATIONS
  const tag = derived.tags.get(id) ?? forgetFailure(derive(secrets, place, iterations), () => derived.tags.delete(id))
  derived.tags.set(id, tag)
  if (derived.tags.size > TAGS_MAX) derived.tags.delete(derived.tags.keys().next().value ?? id)
  return JSON.stringify([...keyParts, [await tag]])
}

/** One for the whole store, made by its first user. An encrypted store seals it: then its keys reveal nothing about secrets. */
async function readSalt(store: TokenStore, clock: Clock): Promise<string> {
  for (let tries = 0; tries < SALT_TRIES; tries += 1) {
    const { value, version } = await getWithin(store, clock, SALT_KEY).catch(absentIfDamaged)
    if (value !== undefined && !isCutSalt(value)) return parseSalt(value)
    const salt = hex(crypto.getRandomValues(new Uint8Array(SALT_BYTES)))
    await setWithin(store, clock, SALT_KEY, version, JSON.stringify({ v: 1, salt }))
  }
  throw new CredentialError('store_unavailable', 'compareAndSet() must keep what it has written', { vendor: 'core' })
}

/** A salt that can no longer be read is replaced: the tokens under it are obtained again. */
function absentIfDamaged(error: unknown): { readonly value?: undefined; readonly version: string } {
  const damaged = isCredentialError(error, 'record_unreadable') ? error.damaged : undefined
  if (damaged) return { version: damaged.version }
  throw error
}

/** Empty, or the beginning of one. */
function isCutSalt(value: string): boolean {
  const start = JSON.stringify({ v: 1, salt: '' }).slice(0, -2)
  if (/^[\s\0]*$/.test(value) || start.startsWith(value)) return true
  return value.startsWith(start) && /^[0-9a-f]{0,32}"?$/.test(value.slice(start.length))
}

function parseSalt(value: string): string {
  const salt = /^\{"v":1,"salt":"([0-9a-f]{32})"\}$/.exec(value)?.[1]
  if (salt !== undefined) return salt
  const words = 'is of a newer version of valetkey or none, and is left as it is: update this program, or delete it'
  throw new CredentialError('record_unreadable', `the record of the key ${SALT_KEY} ${words}`, { vendor: 'core' })
}

async function derive(secrets: string, salt: string, iterations: number): Promise<string> {
  const key = await crypto.subtle.importKey('raw', bytes(secrets), 'PBKDF2', false, ['deriveBits'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations }
  return hex(await crypto.subtle.deriveBits(how, key, TAG_BITS))
}

function forgetFailure<T>(work: Promise<T>, forget: () => unknown): Promise<T> {
  work.catch(forget)
  return work
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}
