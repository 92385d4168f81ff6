import { sqliteStore } from '@valetkey/store-sqlite'
import { storeContract } from '@valetkey/testing'
import { describe, test } from 'vitest'
import { createFolder, DRIVERS } from './support/drivers.ts'

const CANNOT = {
  clock: 'SQLite takes the time from the machine',
  waitForChange: 'SQLite tells no other process of a change',
}

describe.each(DRIVERS)('the store contract, over $name', (driver) => {
  const open = async () => {
    const folder = createFolder()
    const opened = await Promise.all([driver.open(folder.path), driver.open(folder.path)])
    const [first, second] = opened.map(({ database }) => sqliteStore(database))
    return {
      store: first!,
      another: async () => second!,
      advance: (ms: number) => opened[0].exec(`update valetkey_tokens set drop_at = drop_at - ${ms}`),
      async cleanUp() {
        for (const { close } of opened) close()
        folder.remove()
      },
    }
  }
  storeContract({ describe, test }, open, { cannot: CANNOT })
})
