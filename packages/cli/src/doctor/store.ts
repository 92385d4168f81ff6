import { stat } from 'node:fs/promises'
import type { TokenStore } from '@valetkey/core'
import { dataFolder, problemOfDataFolder } from '../home.ts'
import { messageOf } from '../output.ts'
import type { Session } from '../session.ts'
import type { LocalStore } from '../stores/local-store.ts'
import { put } from '../stores/staged-store.ts'
import type { Check } from './check.ts'

const KEY_DETAILS: Readonly<Record<LocalStore['place'], Pick<Check, 'state' | 'detail'>>> = {
  keychain: { state: 'ok', detail: 'in the keychain' },
  environment: { state: 'ok', detail: 'VALETKEY_KEY' },
  file: { state: 'warning', detail: 'in a private file beside the tokens: no keychain was found, and no VALETKEY_KEY' },
}

/** The permission bits of the group and of all others. */
const OTHERS = 0o077

/** This machine's store, its key and its folder, and the shared store where one is named. */
export async function checkStores(session: Session): Promise<Check[]> {
  const folder = dataFolder(session.io)
  const local = await checked('store', async () => {
    const store = await session.existingLocal()
    if (store === undefined) return [emptyStore(session, folder)]
    await tryWrite(store.store)
    const key = { subject: 'key', ...KEY_DETAILS[store.place] }
    return [{ subject: 'store', state: 'ok', detail: folder }, await checkPermissions(folder), key]
  })
  const { address } = session
  if (address === undefined) return local
  const shared = await checked('shared store', async () => {
    await tryWrite(await session.tokens())
    return [{ subject: 'shared store', state: 'ok', detail: address.label }]
  })
  return [...local, ...shared]
}

function emptyStore({ io }: Session, folder: string): Check {
  const problem = problemOfDataFolder(io)
  if (problem === undefined) return { subject: 'store', state: 'ok', detail: `${folder}: nothing is stored yet` }
  const detail = `nothing can be stored, as ${problem}; set VALETKEY_HOME to a folder that you may write`
  return { subject: 'store', state: 'warning', detail }
}

async function checkPermissions(folder: string): Promise<Check> {
  const { mode } = await stat(folder)
  const subject = 'permissions'
  if (process.platform === 'win32' || (mode & OTHERS) === 0) return { subject, state: 'ok', detail: 'yours alone' }
  return { subject, state: 'warning', detail: `others may look into it: chmod go-rwx '${folder}'` }
}

/** A record that is gone at once. */
async function tryWrite(store: TokenStore): Promise<void> {
  await put(store, '["vkcli1-doctor"]', '{"v":1}', { retainMs: 1 })
}

async function checked(subject: string, look: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await look()
  } catch (error) {
    return [{ subject, state: 'failed', detail: messageOf(error) }]
  }
}
