import { sqliteStore } from '@valetkey/store-sqlite'
import { expectEachWriteToBeWonOnce } from '@valetkey-app/test-support/counting-processes'
import { startProcess } from '@valetkey-app/test-support/processes'
import { expect, test } from 'vitest'
import { createFolder, nodeSqlite } from './support/drivers.ts'

const COUNT = new URL('processes/count/main.ts', import.meta.url)

test.each(['wal', 'delete'])(
  'eight processes over three drivers count together in one file (journal_mode = %s): no write is won twice and none is lost, while some of them are killed and replaced',
  async (mode) => {
    const folder = createFolder()
    const { database, exec, close } = await nodeSqlite.open(folder.path)
    await exec(`pragma journal_mode = ${mode}`)
    await expectEachWriteToBeWonOnce(sqliteStore(database), (index) =>
      startProcess(COUNT, [folder.path, String(index), mode]),
    )
    expect(await Array.fromAsync(sqliteStore(database).list?.() ?? [])).toEqual(['counter'])
    close()
    folder.remove()
  },
)
