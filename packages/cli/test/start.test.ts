import { expect, test } from 'vitest'
import { createCli } from './support/cli.ts'
import { BASE_ENVIRONMENT } from './support/environment.ts'

/** Prints every package that a process loads. */
const SPY = `
import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { if (!url.includes('/packages/cli/') && !url.startsWith('node:') && !url.startsWith('data:')) console.error(url); return next(url, context) } })`

const NODE_OPTIONS = `${BASE_ENVIRONMENT.NODE_OPTIONS} --import data:text/javascript;base64,${btoa(SPY)}`

test.each([['--version'], ['--help'], ['status'], ['status', '--json']])(
  '%s %s starts without loading any package, so that it starts fast',
  async (...args) => {
    const { stderr, code } = await createCli({ NODE_OPTIONS }).start(...args).ended
    expect({ code, stderr: stderr.replace(/^No user has signed in.*\n/, '') }).toEqual({ code: 0, stderr: '' })
  },
)

test('what is loaded is seen here', async () => {
  const { stderr } = await createCli({ NODE_OPTIONS }).start('token', 'airthings').ended
  expect(stderr).toContain('/core/src/index.ts')
})
