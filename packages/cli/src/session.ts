import { memoryStore, type TokenStore } from '@valetkey/core'
import { CliError, EXIT } from './cli-error.ts'
import type { Invocation } from './command.ts'
import { unlessAborted } from './ending.ts'
import type { CommandIo } from './io.ts'
import { messageOf, type Output } from './output.ts'
import { openProject, type Project } from './project.ts'
import { fallbackStore } from './stores/fallback-store.ts'
import type { StoreAddress } from './stores/library.ts'
import { findLocalStore, type LocalStore, openLocalStore } from './stores/local-store.ts'
import type { SharedStore } from './stores/shared-store.ts'

/** What the commands that deal with accounts have in common. */
export interface Session {
  readonly io: CommandIo
  readonly output: Output
  readonly project: Project
  /** The shared store that holds the tokens; `undefined`: this machine's store does. */
  readonly address: StoreAddress | undefined
  /** This machine's store, begun if need be. */
  local(): Promise<LocalStore>
  /** The same, `undefined` when nothing was ever stored. */
  existingLocal(): Promise<LocalStore | undefined>
  shared(): Promise<SharedStore | undefined>
  /**
   * The store that holds the tokens; memory where this machine's cannot be begun: then there is no sign-in to lose.
   * @param account for one that settings describe completely also memory where this machine's cannot be used
   */
  tokens(account?: { readonly isConfigured?: true }): Promise<TokenStore>
  /** Says, once, that this machine's store is not used, and why. */
  noteUnkept(error: unknown): void
}

/** Opens what `--config` and `--store` name, and closes it when the work is done. @throws CliError `usage` */
export async function withSession(
  { io, output, values }: Invocation,
  work: (session: Session) => Promise<number | undefined>,
): Promise<number> {
  const address = await storeAddress(io, output, values.store)
  const project = await openProject(io, output, { named: values.config, library: address?.library })
  const existing = once(() => unlessAborted(io.signal, findLocalStore(io)))
  const local = once(async () => (await existing()) ?? (await unlessAborted(io.signal, openLocalStore(io))))
  const shared = once(() => unlessAborted(io.signal, openShared(address, io, project)))
  let isNoted = false
  const noteUnkept = (error: unknown): void => {
    if (!isNoted) output.note(`Tokens are not kept: ${messageOf(error)}`)
    isNoted = true
  }
  try {
    const exitCode = await work({
      io,
      output,
      project,
      address,
      local,
      existingLocal: async () => (await existing()) ?? (await local.started()?.catch(() => undefined)),
      shared,
      tokens: async (account) => {
        const named = await shared()
        if (named !== undefined) return named.store
        if (account?.isConfigured !== true) return (await local().catch(inMemory(noteUnkept))).store
        return fallbackStore(async () => (await local()).store, noteUnkept)
      },
      noteUnkept,
    })
    return exitCode ?? EXIT.ok
  } finally {
    const opened = await shared.started()?.catch(() => undefined)
    await opened?.close()
  }
}

function inMemory(noteUnkept: Session['noteUnkept']): (error: unknown) => { readonly store: TokenStore } {
  return (error) => {
    if (!(error instanceof CliError) || error.code !== 'store_unavailable') throw error
    noteUnkept(error)
    return { store: memoryStore() }
  }
}

async function storeAddress(
  io: CommandIo,
  output: Output,
  given: string | undefined,
): Promise<StoreAddress | undefined> {
  const text = given ?? io.env.VALETKEY_STORE
  if (!text) return undefined
  const { parseStoreAddress } = await import('./stores/shared-store.ts')
  const address = parseStoreAddress(text)
  if (given !== undefined && address.url.password !== '') {
    output.note('Other users of this machine can read the password in --store; set VALETKEY_STORE instead.')
  }
  return address
}

async function openShared(
  address: StoreAddress | undefined,
  io: CommandIo,
  { roots }: Project,
): Promise<SharedStore | undefined> {
  if (address === undefined) return undefined
  const { openSharedStore } = await import('./stores/shared-store.ts')
  return await openSharedStore(address, io, roots)
}

interface Once<T> {
  (): Promise<T>
  /** What is being opened, if it is. */
  started(): Promise<T> | undefined
}

function once<T>(open: () => Promise<T>): Once<T> {
  let opened: Promise<T> | undefined
  const get = (): Promise<T> => {
    opened ??= open()
    return opened
  }
  return Object.assign(get, { started: () => opened })
}
