import { randomUUID } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenStore } from '@valetkey/core'
import { fileStore } from '@valetkey/store-file'
import { CliError, EXIT } from '../cli-error.ts'
import { dataFolder, inNewDataFolder } from '../home.ts'
import { messageOf } from '../output.ts'
import type { Session } from '../session.ts'
import type { LocalStore } from '../stores/local-store.ts'
import { namesGrant } from '../vendors/variables.ts'
import type { Check } from './check.ts'

const KEY_DETAILS: Readonly<Record<LocalStore['place'], Pick<Check, 'state' | 'detail'>>> = {
  keychain: { state: 'ok', detail: 'in the keychain' },
  environment: { state: 'ok', detail: 'VALETKEY_KEY' },
  file: {
    state: 'warning',
    detail: 'in a private file next to the tokens: no keychain was found, and no VALETKEY_KEY',
  },
}

const PROBE = '{"v":1}'
/** For how long it stays where the command is killed meanwhile. */
const PROBE_MS = 60_000

/** The permission bits of the group and of all others. */
const OTHERS = 0o077

/** This machine's store, its key and its folder, and the shared store where one is named: each is written to. */
export async function checkStores(session: Session): Promise<Check[]> {
  const { address, io } = session
  const folder = dataFolder(io)
  const local = await checked('store', async () => {
    const store = await session.existingLocal()
    if (store === undefined) return [await checkEmptyStore(session, folder)]
    await tryWrite(store.store, adviceFor(folder))
    const key = { subject: 'key', ...KEY_DETAILS[store.place] }
    return [{ subject: 'store', state: 'ok', detail: folder }, await checkPermissions(folder), key]
  })
  if (address === undefined) return local
  const shared = await checked('shared store', async () => {
    await tryWrite(await session.tokens(), SHARED_ADVICE)
    return [{ subject: 'shared store', state: 'ok', detail: address.label }]
  })
  return [...local, ...shared]
}

const SHARED_ADVICE =
  'no sign-in and no refresh can be stored: give this user the right to read and write there, or name another store'

function adviceFor(folder: string): string {
  return `no sign-in and no refresh can be stored: make ${folder} writable for this user, or set VALETKEY_HOME to a folder that is`
}

/** Writes where a first login would, and removes it again. */
async function checkEmptyStore({ io }: Session, folder: string): Promise<Check> {
  try {
    await inNewDataFolder(io, async (created) => {
      const path = join(created, `doctor-${randomUUID()}`)
      try {
        await tryWrite(fileStore({ path }), adviceFor(folder))
      } finally {
        await rm(path, { recursive: true, force: true })
      }
    })
    return { subject: 'store', state: 'ok', detail: `${folder}: nothing is stored yet` }
  } catch (error) {
    const detail = `nothing can be stored, so login fails: ${messageOf(error)}`
    // With all options in the environment nothing needs to be stored.
    return { subject: 'store', state: namesGrant(io.env) ? 'warning' : 'failed', detail }
  }
}

async function checkPermissions(folder: string): Promise<Check> {
  const { mode } = await stat(folder)
  const subject = 'permissions'
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return { subject, state: 'ok', detail: 'yours alone' }
  return { subject, state: 'warning', detail: `others may look into it: chmod go-rwx '${folder}'` }
}

/**
 * Writes a test record, reads it and removes it.
 * @param advice what to do when that fails
 * @throws CliError `store_unavailable`
 */
async function tryWrite(store: TokenStore, advice: string): Promise<void> {
  const key = JSON.stringify(['vkcli1-doctor', randomUUID()])
  try {
    const written = await store.compareAndSet(key, undefined, PROBE, { retainMs: PROBE_MS })
    const { version, value } = await store.get(key)
    const isKept = written.ok && version === written.version && value === PROBE
    if (!isKept) throw new Error('it does not keep what is written to it')
    const removed = await store.compareAndSet(key, version, PROBE, { retainMs: 0 })
    if (!removed.ok) throw new Error('it does not remove what was written to it')
  } catch (error) {
    throw new CliError('store_unavailable', EXIT.store, `${messageOf(error)}; ${advice}`)
  }
}

async function checked(subject: string, look: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await look()
  } catch (error) {
    return [{ subject, state: 'failed', detail: messageOf(error) }]
  }
}
