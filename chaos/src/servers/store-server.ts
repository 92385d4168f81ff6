import { join } from 'node:path'
import type { StoreAddress } from '../open-store.ts'
import type { StoreKind } from '../options.ts'
import type { Reaper } from '../reaper.ts'
import { startPostgres } from './postgres-server.ts'
import { startRedis } from './redis-server.ts'

/** What keeps the tokens during a run. */
export interface StoreServer {
  readonly address: StoreAddress
  /** Dies without warning, with what it has written. Absent where there is no server. */
  crash?(): Promise<void>
  /** Comes back with what it had written. */
  recover?(): Promise<void>
}

/** In a folder of its own; it ends with the reaper. */
export async function startStore(kind: StoreKind, reaper: Reaper): Promise<StoreServer> {
  const folder = reaper.makeFolder(kind)
  if (kind === 'file') return { address: { kind, path: join(folder, 'tokens') } }
  const { port, crash, recover } = await (kind === 'redis' ? startRedis : startPostgres)(folder, reaper)
  return { address: { kind, port }, crash, recover }
}
