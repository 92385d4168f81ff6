import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** The smoke stage installs Bun. */
const BUN = join(import.meta.dirname, '../../../../test/workspace/runtimes/node_modules/.bin/bun')
const PROGRAM = join(import.meta.dirname, 'processes/bun/main.ts')
const isMissing = !existsSync(BUN)
const note = isMissing ? ' (bun is missing; install it with: pnpm --dir test/workspace/runtimes install)' : ''
if (isMissing && process.env.CI === 'true') throw new Error(note)

test.skipIf(isMissing)(`the store contract holds in Bun, over bun:sqlite${note}`, async () => {
  const { stdout } = await promisify(execFile)(BUN, ['--conditions=@valetkey/source', 'run', PROGRAM])
  expect(JSON.parse(stdout)).toEqual({ passed: expect.toSatisfy((count: number) => count >= 50), failures: [] })
})
