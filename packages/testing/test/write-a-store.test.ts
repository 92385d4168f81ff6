import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { storeContract } from '../src/index.ts'
import { sqliteStore } from './write-a-store/sqlite-store.ts'

describe('the store of docs/write-a-store.md', () => {
  storeContract({ describe, test }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'valetkey-sqlite-'))
    const path = join(folder, 'tokens.db')
    return {
      store: sqliteStore(path),
      another: async () => sqliteStore(path),
      cleanUp: () => rm(folder, { recursive: true }),
    }
  })

  test('is the one that the document shows, in at most 60 lines', () => {
    const code = readFileSync(join(import.meta.dirname, 'write-a-store/sqlite-store.ts'), 'utf8')
    const page = readFileSync(join(import.meta.dirname, '../../../docs/write-a-store.md'), 'utf8')
    expect(page).toContain(`\`\`\`ts\n${code}\`\`\`\n`)
    expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  })
})
