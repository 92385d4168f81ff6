import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const PROJECT = join(import.meta.dirname, 'project')
const BIN = join(import.meta.dirname, '../node_modules')

/** A store that waits for ever is killed. */
const HANG_MS = 60_000

/** Test frameworks that run modules in a context, where the file system's errors are no instances of its `Error`. */
test.each([
  ['Jest', ['--experimental-vm-modules', join(BIN, 'jest/bin/jest.js')], '5 passed, 5 total'],
  [
    'vitest --pool=vmThreads',
    [join(BIN, '../../node_modules/vitest/vitest.mjs'), 'run', '--pool=vmThreads', '--root', PROJECT],
    '5 passed',
  ],
])('stores and the fetch plugin do under %s what they do elsewhere', async (_, program, passed) => {
  const env = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '', VITEST: undefined, NODE_ENV: 'test' }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, program, {
    cwd: PROJECT,
    env,
    timeout: HANG_MS,
  }).catch((failure: { stdout: string; stderr: string }) => failure)
  expect(stdout + stderr).toContain(passed)
})
