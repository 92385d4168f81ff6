import { Database } from 'bun:sqlite'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '@valetkey/store-sqlite'
import { storeContract } from '@valetkey/testing'

/** Runs in Bun: the store contract over bun:sqlite. Prints the names of the tests, and the complaints of those that failed. */
const cases: { readonly name: string; readonly run: () => unknown }[] = []
const runner = {
  describe: (_: string, define: () => void) => define(),
  test: (name: string, run: () => unknown) => void cases.push({ name, run }),
}
const open = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-bun-'))
  const databases = [1, 2].map(() => new Database(join(folder, 'tokens.db')))
  for (const database of databases) database.run('pragma journal_mode = wal; pragma synchronous = off')
  const [first, second] = databases
  return {
    store: sqliteStore(first!),
    another: async () => sqliteStore(second!),
    advance: async (ms: number) => first!.run(`update valetkey_tokens set drop_at = drop_at - ${ms}`),
    async cleanUp() {
      for (const database of databases) database.close()
      rmSync(folder, { recursive: true })
    },
  }
}
storeContract(runner, open, { cannot: { clock: 'of the machine', waitForChange: 'polled' } })
const failures: string[] = []
for (const { name, run } of cases) {
  try {
    await run()
  } catch (error) {
    failures.push(`${name}: ${error}`)
  }
}
console.log(JSON.stringify({ passed: cases.length - failures.length, failures }))
