import { PGlite } from '@electric-sql/pglite'
import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { storeContract } from '@valetkey/testing'
import { afterAll, beforeAll, describe, test } from 'vitest'

describe('the store contract, over PGlite', () => {
  let db: PGlite
  beforeAll(async () => {
    db = await PGlite.create()
    await db.exec(postgresSchema())
  }, 60_000)
  afterAll(() => db.close())

  storeContract({ describe, test }, async () => ({
    store: postgresStore(db, { listener: db }),
    another: async () => postgresStore(db, { listener: db }),
    cleanUp: async () => void (await db.exec('delete from valetkey_tokens')),
  }))
})
