import { describe, expect, test } from 'vitest'
import { createCli } from './support/cli.ts'
import { startOAuthVendor } from './support/oauth-vendor.ts'

const TOKENS = { access_token: 'access-1', token_type: 'Bearer', refresh_token: 'refresh-1', expires_in: 3600 }

describe('valetkey login --device', () => {
  test('shows address and code, waits until somebody typed it in, and has tokens then', async () => {
    const { cli, vendor } = await world({ status: 200, body: TOKENS })
    const login = await cli.run('login', 'acme', '--device')
    expect(login).toMatchObject({ code: 0, stdout: expect.stringContaining('Signed in to acme.') })
    expect(login.stderr).toContain(`open ${vendor.origin}/activate\nand type in the code:  WDJB-MJHT\n`)
    expect(login.stderr).toContain(`Or open ${vendor.origin}/activate?user_code=WDJB-MJHT\n`)
    expect(login.stderr).toMatch(/The code is valid for 1[45] min/)
    expect((await cli.run('fetch', `${vendor.origin}/boats`)).stdout).toBe('Bearer access-1\n')
  })

  test.each([
    ['expired_token', 4],
    ['access_denied', 4],
    ['invalid_client', 4],
  ])('ends when the vendor answers %s, with exit code %i and nothing stored', async (error, code) => {
    const { cli } = await world({ status: 400, body: { error } })
    expect(await cli.run('login', 'acme', '--device')).toMatchObject({ code, stderr: expect.stringContaining(error) })
    expect((await cli.run('status')).stderr).toContain('No user has signed in')
  })

  test('ends at Ctrl-C', async () => {
    const { cli } = await world({ status: 400, body: { error: 'authorization_pending' } })
    const login = cli.start('login', 'acme', '--device')
    await login.printed(/Waiting/)
    login.child.kill('SIGINT')
    expect(await login.ended).toMatchObject({ code: 130, stdout: '' })
  })
})

async function world(answer: { readonly status: number; readonly body: object }) {
  const vendor = await startOAuthVendor(answer)
  const cli = createCli().trusting()
  cli.write('valetkey.config.json', { vendors: { acme: vendor.settings } })
  return { cli, vendor }
}
