import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreAddress } from '../open-store.ts'
import type { StoreKind } from '../options.ts'
import { startPostgres } from './postgres-server.ts'
import { startRedis } from './redis-server.ts'

/** What keeps the tokens during a run, in a folder of its own that goes when it stops. */
export interface StoreServer {
  readonly address: StoreAddress
  /** Dies without warning, with what it has written. Absent where there is no server. */
  crash?(): Promise<void>
  /** Comes back with what it had written. */
  recover?(): Promise<void>
  stop(): Promise<void>
}

export async function startStore(kind: StoreKind): Promise<StoreServer> {
  const folder = mkdtempSync(join(tmpdir(), `valetkey-chaos-${kind}-`))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    if (kind === 'file') return { address: { kind, path: join(folder, 'tokens') }, stop: async () => remove() }
    const server = kind === 'redis' ? await startRedis(folder) : await startPostgres(folder)
    return {
      address: { kind, port: server.port },
      crash: server.crash,
      recover: server.recover,
      async stop() {
        await server.crash()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}
