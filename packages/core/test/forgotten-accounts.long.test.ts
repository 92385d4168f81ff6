import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const program = fileURLToPath(new URL('support/many-accounts.ts', import.meta.url))

/** A server that makes a credential for each request. Its heap is counted, so it is a process of its own. */
test.each([
  'remembers the latest 5,000 accounts, however many there are',
  'a forgotten account costs one read of the store, and no token call',
  'an account in use takes less than 6 kB of memory',
  'an account that a credential holds, or whose token is being acquired, is the same for whoever asks for it',
])('%s', async (scenario) => {
  const run = promisify(execFile)(process.execPath, ['--conditions=@valetkey/source', program, scenario])
  expect((await run).stdout).toBe(`done: ${scenario}\n`)
})
