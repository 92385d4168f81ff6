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
  expect(stdout).toMatch(/^# tests 69$/m)
  expect(stdout).toMatch(/^# pass 69$/m)
})
