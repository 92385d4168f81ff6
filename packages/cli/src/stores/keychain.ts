import type { AsyncEntry as KeychainEntry } from '@napi-rs/keyring'

/** A few short texts in the keychain of the operating system. */
export interface Keychain {
  read(entry: string): Promise<string | undefined>
  write(entry: string, text: string): Promise<void>
  remove(entry: string): Promise<void>
}

const SERVICE = 'valetkey'
/** The kernel's keyring, to which the library would fall back, forgets at the next boot. */
const OPTIONS = { linux: { store: 'secret-service' } } as const
/** A locked keychain asks the user to open it; without a dialog, a longer wait does not help. */
const PATIENCE_MS = 30_000
const PROBE = 'probe'

/** `undefined` where there is none. @param options.isNew whether to check first that it keeps what is written */
export async function openKeychain({ isNew }: { readonly isNew: boolean }): Promise<Keychain | undefined> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring')
    const keychain = createKeychain((name) => new AsyncEntry(SERVICE, name, OPTIONS))
    return !isNew || (await keepsTexts(keychain)) ? keychain : undefined
  } catch {
    return undefined
  }
}

type Entry = Pick<KeychainEntry, 'getPassword' | 'setPassword' | 'deletePassword'>

export function createKeychain(entryOf: (name: string) => Entry): Keychain {
  return {
    read: (name) => twice(async () => (await entryOf(name).getPassword(AbortSignal.timeout(PATIENCE_MS))) ?? undefined),
    write: (name, text) => twice(() => entryOf(name).setPassword(text, AbortSignal.timeout(PATIENCE_MS))),
    remove: (name) => twice(async () => void (await entryOf(name).deletePassword(AbortSignal.timeout(PATIENCE_MS)))),
  }
}

/** The first access of a process may fail where the second succeeds. */
async function twice<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    return await work()
  }
}

/** Some accept a string and lose it: only one that returns it is trusted with a key. */
export async function keepsTexts(keychain: Keychain): Promise<boolean> {
  const text = crypto.randomUUID()
  const entry = `${PROBE}-${text}`
  await keychain.write(entry, text)
  const found = await keychain.read(entry)
  await keychain.remove(entry)
  return found === text
}
