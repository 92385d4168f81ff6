import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { findLeaks } from '@valetkey/testing'
import { run } from 'valetkey'
import { describe, expect, test } from 'vitest'
import { createCli } from './support/cli.ts'
import { startOAuthVendor } from './support/oauth-vendor.ts'

const SECRETS = ['refresh-canary', 'access-canary', 'renewed-canary']

async function world(grant = 'deviceCode') {
  const vendor = await startOAuthVendor({ status: 200, body: { access_token: 'renewed-canary', expires_in: 3600 } })
  const cli = createCli().trusting()
  cli.write('valetkey.config.json', { vendors: { acme: { ...vendor.settings, grant } } })
  return { ...vendor, cli }
}

describe('valetkey import', () => {
  test.each([{ refreshToken: 'refresh-canary' }, { refresh_token: 'refresh-canary', access_token: null }])(
    'keeps a refresh token, which the first use refreshes: %j',
    async (tokens) => {
      const { cli } = await world()
      const imported = await cli.runWith(JSON.stringify(tokens), 'import', 'acme')
      expect(imported).toMatchObject({
        code: 0,
        stdout: 'Imported the tokens of acme. The first use refreshes them.\n',
      })
      expect(findLeaks(imported.stdout + imported.stderr, SECRETS)).toEqual([])
      expect((await cli.run('status')).stdout).toMatch(/acme +default +renewable/)
      expect((await cli.in('elsewhere').run('token', 'acme')).stdout).toBe('renewed-canary\n')
      const again = await cli.runWith(JSON.stringify(tokens), 'import', 'acme', '--json')
      expect(JSON.parse(again.stdout)).toMatchObject({ vendor: 'acme', imported: false, state: 'ready' })
    },
  )

  test('keeps the answer of a token endpoint for an account, used as it is while it lasts', async () => {
    const { cli, origin } = await world()
    const answer = {
      access_token: 'access-canary',
      refresh_token: 'refresh-canary',
      token_type: 'Bearer',
      expires_in: 7200,
      scope: 'read write',
      id_token: 'dropped',
      instance_url: 'https://eu.acme.example',
    }
    const imported = await cli.runWith(JSON.stringify(answer), 'import', 'acme', '--account', 'harbour', '--json')
    expect(JSON.parse(imported.stdout)).toMatchObject({
      vendor: 'acme',
      account: 'harbour',
      grant: 'deviceCode',
      imported: true,
      state: 'ready',
      renewable: true,
      scopes: ['read', 'write'],
    })
    expect(imported.stderr).toContain('Kept with the tokens: instance_url\n')
    expect(findLeaks(imported.stdout + imported.stderr, SECRETS)).toEqual([])
    expect((await cli.run('fetch', `${origin}/api`, '--account', 'harbour')).stdout).toBe('Bearer access-canary\n')
    expect((await cli.run('token', 'acme')).code).toBe(3)
  })

  test.each([
    ['seconds', 4_102_444_800],
    ['ms', 4_102_444_800_000],
    ['an ISO time', '2100-01-01T00:00:00Z'],
  ])('reads expires_at in %s', async (_, end) => {
    const { cli } = await world()
    const tokens = { access_token: 'access-canary', expires_at: end }
    const { stdout } = await cli.runWith(JSON.stringify(tokens), 'import', 'acme', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ state: 'ready', renewable: false, expiresAt: expect.any(Number) })
  })

  test.each([
    ['nothing', '', 'there is nothing on standard input'],
    ['no JSON', 'refresh-canary', 'standard input holds no JSON object'],
    ['a list', '["refresh-canary"]', 'standard input holds no JSON object'],
    ['no token', '{"user":"refresh-canary"}', '"refreshToken" is required, or "accessToken"'],
    ['a number', '{"refreshToken":5}', '"refreshToken" must be a string, not a number'],
    ['a line break', '{"refreshToken":"refresh-canary\\n"}', '"refreshToken" ends in a line break: trim it'],
    ['two names', '{"refreshToken":"refresh-canary","refresh_token":"x"}', 'say the same: leave one out'],
    ['seconds as ms', '{"accessToken":"access-canary","expiresAt":1900000000}', 'multiply seconds by 1000'],
    ['no lifetime', '{"access_token":"access-canary","expires_in":"soon"}', 'must be a number of seconds from now'],
    ['no time', '{"access_token":"access-canary","expires_at":"soon"}', '"expires_at" must be a time such as'],
    ['no scopes', '{"access_token":"access-canary","scope":5}', '"scope" must be a string with spaces'],
  ])('refuses %s, and shows none of it', async (_, input, problem) => {
    const { cli } = await world()
    const ended = await cli.runWith(input, 'import', 'acme')
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(problem) })
    expect(findLeaks(ended.stderr, SECRETS)).toEqual([])
    expect((await cli.run('token', 'acme')).code).toBe(3)
  })

  test('refuses a terminal, and says where the tokens come from', async () => {
    const { cli } = await world()
    const [stdout, stderr] = [new PassThrough(), new PassThrough()]
    const stdin = Object.assign(new PassThrough(), { isTTY: true })
    const { signal } = new AbortController()
    const code = await run(['import', 'acme'], { env: cli.env, cwd: cli.cwd, stdin, stdout, stderr, signal })
    stderr.end()
    expect({ code, stderr: await text(stderr) }).toEqual({
      code: 2,
      stderr: expect.stringContaining('For example: valetkey import acme < tokens.json, with {"refreshToken": "…"}'),
    })
  })

  test('refuses a refresh token where the way to sign in has none, and tokens for an API key', async () => {
    const { cli } = await world('clientCredentials')
    const withSecret = cli.with({ VALETKEY_ACME_CLIENT_SECRET: 's' })
    const refused = await withSecret.runWith('{"refreshToken":"refresh-canary"}', 'import', 'acme')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('this grant does not refresh') })
    const key = cli.with({ VALETKEY_FLOWLU_API_KEY: 'k', VALETKEY_FLOWLU_COMPANY: 'acme' })
    const noTokens = await key.runWith('{"accessToken":"a"}', 'import', 'flowlu', '--grant', 'api-key')
    expect(noTokens).toMatchObject({ code: 2, stderr: expect.stringContaining('apiKey has no tokens to import') })
  })
})
