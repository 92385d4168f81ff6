import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findLeaks } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { type Cli, createCli } from './support/cli.ts'
import { startOAuthVendor } from './support/oauth-vendor.ts'
import { open, pageOf } from './support/sign-in-page.ts'
import { CLIENT_ID, CLIENT_SECRET, startTokenServer } from './support/token-server.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

describe('a vendor of the catalogue', () => {
  test('is signed in to with client credentials, shown, used and signed out of', async () => {
    const { cli, origin, grantTypes } = await world('shopify')
    const withShop = cli.with({ VALETKEY_SHOPIFY_SHOP: 'boats' })
    const login = await ended(withShop, 'login', 'shopify', '--grant', 'client-credentials')
    expect(login).toMatchObject({ code: 0, stdout: expect.stringContaining('Signed in to shopify.') })
    expect((await ended(cli, 'status')).stdout).toMatch(/shopify +default +ready +23 h 59 min/)
    expect((await ended(cli, 'token', 'shopify')).stdout).toBe('access-1\n')
    expect(await ended(cli, 'fetch', '--fail', `${origin}/shop.json`)).toMatchObject({ code: 0, stdout: '{"ok":true}' })
    expect(grantTypes).toEqual(['client_credentials'])
    expect((await ended(cli, 'logout', 'shopify')).code).toBe(0)
    expect((await ended(cli, 'token', 'shopify')).code).toBe(3)
  })

  test('is signed in to by the browser, and its tokens are renewed by processes that know nothing but the account', async () => {
    const { cli, origin, grantTypes, expire } = await world('spotify')
    const login = cli.start('login', 'spotify', '--scope', 'user-read-email')
    expect(await open(await pageOf(login))).toMatch(/^200 /)
    expect(await login.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Signed in to spotify.') })
    expire()
    const { VALETKEY_SPOTIFY_CLIENT_ID: _, ...env } = cli.env
    expect(await ended(createCli(env), 'fetch', '--fail', `${origin}/me`)).toMatchObject({
      code: 0,
      stdout: '{"ok":true}',
    })
    expect(grantTypes).toEqual(['authorization_code', 'refresh_token'])
    expect(leaksIn(cli.home, ['access-2', 'refresh-2', CLIENT_SECRET])).toEqual([])
  })

  test('is signed in to by a code on another device, without a secret', async () => {
    const tokens = { access_token: 'access-1', token_type: 'bearer', scope: 'repo,gist' }
    const vendor = await startOAuthVendor({ status: 200, body: tokens })
    const { tokenUrl, deviceAuthorizationUrl } = vendor.settings
    const cli = createCli({
      VALETKEY_KEY: KEY,
      VALETKEY_GITHUB_CLIENT_ID: 'boat-app',
      VALETKEY_GITHUB_BASE_URL: vendor.origin,
      VALETKEY_GITHUB_TOKEN_URL: String(tokenUrl),
      VALETKEY_GITHUB_DEVICE_AUTHORIZATION_URL: String(deviceAuthorizationUrl),
      VALETKEY_GITHUB_ALLOW_INSECURE_REQUESTS: 'true',
    })
    const login = await ended(cli, 'login', 'github', '--device')
    expect(login).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Signed in to github\..* Scopes: repo gist\./),
    })
    expect(login.stderr).toContain(`open ${vendor.origin}/activate\nand type in the code:  WDJB-MJHT\n`)
    expect((await ended(cli, 'fetch', `${vendor.origin}/user`)).stdout).toBe('Bearer access-1\n')
  })
})

async function world(vendor: string) {
  const server = await startTokenServer()
  const { origin } = server
  const options = {
    CLIENT_ID,
    CLIENT_SECRET,
    BASE_URL: origin,
    TOKEN_URL: `${origin}/token`,
    AUTHORIZATION_URL: `${origin}/authorize`,
    ALLOW_INSECURE_REQUESTS: 'true',
  }
  const named = Object.entries(options).map(([name, value]) => [`VALETKEY_${vendor.toUpperCase()}_${name}`, value])
  return { ...server, cli: createCli({ ...Object.fromEntries(named), VALETKEY_KEY: KEY }) }
}

/** In a process of its own. */
function ended(cli: Pick<Cli, 'start'>, ...args: readonly string[]) {
  return cli.start(...args).ended
}

function leaksIn(folder: string, secrets: readonly string[]) {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile())
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
  expect(texts).not.toEqual([])
  return findLeaks(texts.join('\n'), secrets)
}
