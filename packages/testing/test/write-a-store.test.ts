import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { storeContract } from '../src/index.ts'
import { sqliteStore } from './write-a-store/sqlite-store.ts'

describe('the store of docs/write-a-store.md', () => {
  const open = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'valetkey-sqlite-'))
    const path = join(folder, 'tokens.db')
    return {
      store: sqliteStore(path),
      another: async () => sqliteStore(path),
      advance: async (ms: number) => void vi.setSystemTime(Date.now() + ms),
      async cleanUp() {
        vi.useRealTimers()
        await rm(folder, { recursive: true })
      },
    }
  }
  storeContract({ describe, test }, open, {
    cannot: { manyKeys: 'every write goes to the disk', waitForChange: 'core polls it' },
  })

  test('is the one that the document shows, in at most 60 lines', () => {
    const code = readFileSync(join(import.meta.dirname, 'write-a-store/sqlite-store.ts'), 'utf8')
    const page = readFileSync(join(import.meta.dirname, '../../../docs/write-a-store.md'), 'utf8')
    expect(page).toContain(`\`\`\`ts\n${code}\`\`\`\n`)
    expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  })
})
