import { PGlite } from '@electric-sql/pglite'
import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { storeContract } from '@valetkey/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { movedTimeLimits, SERVER_CLOCK } from './support/moved-time-limits.ts'

describe('the store contract, over PGlite', () => {
  let db: PGlite
  beforeAll(async () => {
    db = await PGlite.create()
    await db.exec(postgresSchema())
  }, 60_000)
  afterAll(() => db.close())

  const open = async () => ({
    store: postgresStore(db, { listener: db }),
    another: async () => postgresStore(db, { listener: db }),
    advance: async (ms: number) => void (await db.exec(movedTimeLimits('valetkey_tokens', ms))),
    cleanUp: async () => void (await db.exec('delete from valetkey_tokens')),
  })
  storeContract({ describe, test }, open, {
    cannot: { clock: SERVER_CLOCK, manyKeys: 'the statement is the same for all clients' },
  })
})
