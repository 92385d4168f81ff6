import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { memoryStore } from '@valetkey/core'
import { describe, expect, test, vi } from 'vitest'
import { storeContract } from '../src/index.ts'

describe('the memory store', () => {
  storeContract({ describe, test }, async () => {
    return {
      store: memoryStore(),
      advance: async (ms: number) => void vi.setSystemTime(Date.now() + ms),
      cleanUp: async () => void vi.useRealTimers(),
    }
  })
})

test('the store contract runs under node:test', async () => {
  const program = join(import.meta.dirname, 'node-test/main.ts')
  const options = ['--conditions=@valetkey/source', '--test-reporter=tap', program]
  const { stdout } = await promisify(execFile)(process.execPath, options)
  expect(stdout).toMatch(/^# tests 70$/m)
  expect(stdout).toMatch(/^# pass 70$/m)
})

test('a store for small values is not asked for 1 MB, and the suite says so', () => {
  const names: string[] = []
  const runner = {
    describe: (_: string, define: () => void) => define(),
    test: (name: string) => void names.push(name),
  }
  const left = storeContract(runner, async () => ({ store: memoryStore() }), { cannot: { largeValues: '400 KB' } })
  expect(left).toEqual([{ name: 'kept as written: a value of 1 MB', reason: '400 KB' }])
  expect(names).toContain('kept as written: a value of 64 KB')
  expect(names).not.toContain('kept as written: a value of 1 MB')
})
