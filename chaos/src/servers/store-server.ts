import { join } from 'node:path'
import type { StoreAddress } from '../open-store.ts'
import type { StoreKind } from '../options.ts'
import type { Reaper } from '../reaper.ts'
import { startPostgres } from './postgres-server.ts'
import { fileRecords, postgresRecords, redisRecords } from './records.ts'
import { startRedis } from './redis-server.ts'

/** What keeps the tokens during a run. */
export interface StoreServer {
  readonly address: StoreAddress
  /** Dies without warning, with what it has written. Absent where there is no server. */
  crash?(): Promise<void>
  /** Comes back with what it had written. */
  recover?(): Promise<void>
  readonly records: Records
}

/** What an operator, or another program, can do to the stored records. */
export interface Records {
  /** @returns brings the records back as they are now, and those only */
  snapshot(): Promise<() => Promise<void>>
  /** Nothing can be written until what this returns is called. Absent where records have no locks. */
  lock?(): Promise<() => Promise<void>>
}

/** In its own folder; it ends with the reaper. */
export async function startStore(kind: StoreKind, reaper: Reaper): Promise<StoreServer> {
  const folder = reaper.makeFolder(kind)
  if (kind === 'file') {
    const path = join(folder, 'tokens')
    return { address: { kind, path }, records: fileRecords(path) }
  }
  const { port, crash, recover } = await (kind === 'redis' ? startRedis : startPostgres)(folder, reaper)
  const records = kind === 'redis' ? redisRecords(port) : postgresRecords(port)
  return { address: { kind, port }, crash, recover, records }
}
