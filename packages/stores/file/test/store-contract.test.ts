import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type StoreUnderTest, storeContract } from '@valetkey/testing'
import { variants } from '@valetkey-app/test-support/variants'
import { describe, test, vi } from 'vitest'
import { createFileStore } from '../src/create-file-store.ts'
import { type FileStore, fileStore } from '../src/index.ts'
import { nodePlatform } from '../src/platform.ts'

const KEYS = [{ id: 'first', key: '0f'.repeat(32) }]

const refusesLinks = {
  ...nodePlatform(),
  link: () => Promise.reject(Object.assign(new Error('EPERM: operation not permitted, link'), { code: 'EPERM' })),
}

const ALL: readonly (readonly [string, (path: string) => FileStore])[] = [
  ['with hard links', (path) => fileStore({ path })],
  ['where hard links are refused', (path) => createFileStore(path, refusesLinks)],
  ['encrypted', (path) => fileStore({ path, keys: KEYS })],
]

describe.each(variants(ALL, 1))('%s', (_, open) => {
  storeContract({ describe, test }, () => openTwice(open), { cannot: { manyKeys: 'every write goes to the disk' } })
})

async function openTwice(open: (path: string) => FileStore): Promise<StoreUnderTest> {
  const path = await mkdtemp(join(tmpdir(), 'valetkey-store-file-'))
  return {
    store: open(path),
    another: async () => open(path),
    advance: async (ms: number) => void vi.setSystemTime(Date.now() + ms),
    async cleanUp() {
      vi.useRealTimers()
      await rm(path, { recursive: true })
    },
  }
}
