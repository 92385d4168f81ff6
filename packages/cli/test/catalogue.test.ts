import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CredentialErrorOf, isCredentialError } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { findModule } from '../src/vendors/catalogue.ts'
import { loadFactory } from '../src/vendors/load-factory.ts'
import { variableOf } from '../src/vendors/variables.ts'
import { createCli, type Ended } from './support/cli.ts'
import { BASE_ENVIRONMENT } from './support/environment.ts'
import { startOAuthVendor } from './support/oauth-vendor.ts'
import { install, tern } from './support/vendor-package.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='
const MODULES = readdirSync(join(import.meta.dirname, '../../catalogue/src')).map((file) => file.replace(/\.ts$/, ''))

/** What passes for an option, the first that does. */
const SAMPLES = ['sample', '/sample', 'https://sample.example']

describe('of the catalogue', () => {
  test.each(MODULES)('%s is described as its factories are', async (name) => {
    const found = await findModule(name)
    if (found === undefined) throw new Error(`${name} is not found`)
    const { grants, options, title } = found.description
    expect(title).not.toBe('')
    expect(Object.keys(grants)).not.toEqual([])
    for (const [grant, { required, optional }] of Object.entries(grants)) {
      const factory = await loadFactory(found, grant)
      const refusalOf = (given: object) => refusal(() => factory({ ...given }))
      const asked = Object.fromEntries(required.map((option) => [option, sampleOf(option, refusalOf)]))
      // Some need a secret by the variant, or without PKCE, that others of the vendor do without.
      const isSecretMissing = ['clientSecret', 'pkce'].includes(refusalOf(asked)?.option ?? '')
      const given = isSecretMissing ? { ...asked, clientSecret: 'sample' } : asked
      expect(refusalOf(given)).toBeUndefined()
      for (const option of required) {
        const others = Object.fromEntries(Object.entries(given).filter(([name]) => name !== option))
        expect(refusalOf(others)?.option, `${grant} without ${option}`).toBe(option)
      }
      for (const option of optional)
        expect(refusalOf({ [option]: undefined })?.message ?? '').not.toMatch('is not an option')
      expect(Object.keys(options)).toEqual(expect.arrayContaining([...required, ...optional]))
    }
  })

  test('a module says what its options are for, which are secret, and which values there are', async () => {
    const [shopify, github, ebay] = [await findModule('shopify'), await findModule('github'), await findModule('ebay')]
    expect(shopify?.description.options.shop).toEqual({
      about: expect.stringContaining('the name of the shop'),
      secret: false,
      keep: true,
      type: 'text',
    })
    expect(github?.description.options.host?.about).toMatch(/^the host where people sign in.*\(default github\.com\)$/)
    expect(github?.description.options.clientSecret).toMatchObject({ secret: true, keep: true })
    expect(ebay?.description.options.environment).toMatchObject({ choices: ['production', 'sandbox'] })
    expect(ebay?.description.options).toMatchObject({
      scopes: { type: 'list' },
      tokenParameters: { type: 'pairs' },
      allowInsecureRequests: { type: 'flag' },
    })
    for (const name of ['store', 'account', 'clock', 'clientKey', 'fetch']) {
      expect(Object.keys(ebay?.description.options ?? {})).not.toContain(name)
    }
  })

  test('a module requires no option that only some variants need', async () => {
    const grant = (await findModule('square'))?.description.grants.authorizationCode
    expect(grant?.required).toEqual(['clientId', 'redirectUri'])
    expect(grant?.optional).toEqual(expect.arrayContaining(['clientSecret', 'flow']))
  })

  test('doctor looks at the hosts of a module that are the same for everybody', async () => {
    expect((await findModule('spotify'))?.description.hosts).toEqual([
      'https://api.spotify.com',
      'https://accounts.spotify.com/api/token',
    ])
    expect((await findModule('google'))?.description.hosts).toEqual(['https://oauth2.googleapis.com/token'])
    expect((await findModule('shopify'))?.description.hosts).toEqual([])
  })
})

describe('valetkey vendors', () => {
  test('lists all vendors in a table: name, title, ways to sign in', async () => {
    const { code, stdout, stderr } = await createCli().run('vendors')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^VENDOR +NAME +WAYS TO SIGN IN$/m)
    expect(stdout).toMatch(/^github +GitHub +authorizationCode, deviceCode$/m)
    expect(stdout).toMatch(/^flume +Flume +password$/m)
    const names = stdout.split('\n').map((line) => line.split(' ')[0] ?? '')
    expect(names).toEqual(expect.arrayContaining([...MODULES, 'airthings', 'bluesonde', 'flowlu', 'flume', 'm2m']))
    expect(new Set(names).size).toBe(names.length)
    expect(stderr).toBe('The variables of one: valetkey vendors <vendor>\n')
  })

  test('shows one with its variables, as the manual does', async () => {
    const { stdout } = await createCli().run('vendors', 'github')
    expect(stdout).toMatch(/^GitHub \(@valetkey\/vendors\/github\)\n {2}authorizationCode\n/)
    const manual = readFileSync(join(import.meta.dirname, '../../../docs/cli.md'), 'utf8')
    expect(manual).toContain(`$ valetkey vendors github\n${stdout}`)
    expect((await createCli().run('vendors', 'ebay')).stdout).toContain(
      '    VALETKEY_EBAY_ENVIRONMENT  production or sandbox; optional\n',
    )
  })

  test('says all of one or of all as JSON', async () => {
    const one = JSON.parse((await createCli().run('vendors', 'shopify', '--json')).stdout)
    expect(one.vendors).toEqual([
      expect.objectContaining({ vendor: 'shopify', title: 'Shopify', package: '@valetkey/vendors/shopify' }),
    ])
    expect(one.vendors[0].grants.clientCredentials).toContainEqual(
      expect.objectContaining({ name: 'shop', required: true, variable: 'VALETKEY_SHOPIFY_SHOP' }),
    )
    const all = JSON.parse((await createCli().run('vendors', '--json')).stdout)
    expect(all.vendors.map(({ vendor }: { readonly vendor: string }) => vendor)).toEqual(
      expect.arrayContaining([...MODULES, 'airthings', 'flume']),
    )
  })

  test('prints no name that a shell would run', async () => {
    const cli = createCli().trusting()
    cli.write('valetkey.config.json', { vendors: { '$(touch x)': { package: '@valetkey/oauth2' } } })
    expect((await cli.run('vendors', '--names')).stdout).not.toContain('touch')
  })

  test('prints the names with --names, alone', async () => {
    const names = await createCli().run('vendors', '--names')
    expect(names.stdout.split('\n')).toEqual(expect.arrayContaining([...MODULES, 'airthings']))
    const json = JSON.parse((await createCli().run('vendors', '--names', '--json')).stdout)
    expect(json.vendors).toContainEqual({ vendor: 'github' })
    expect((await createCli().run('vendors', 'github', '--names')).stdout).toBe('authorizationCode\ndeviceCode\n')
  })
})

/** Prints every module of the catalogue that a process loads. */
const SPY = `
import { registerHooks } from 'node:module'
registerHooks({ load(url, context, next) { if (url.includes('/catalogue/')) console.error('loaded', url); return next(url, context) } })`
const NODE_OPTIONS = `${BASE_ENVIRONMENT.NODE_OPTIONS} --import data:text/javascript;base64,${btoa(SPY)}`

test.each([
  [['vendors', '--names'], []],
  [['token', 'github'], ['github']],
  [['vendors', 'github'], ['github']],
  [['login', 'github'], ['github']],
  [['status'], ['spotify']],
  [['doctor'], ['spotify']],
])('%j loads of the catalogue only %j', async (args, loaded) => {
  const environment = loaded[0] === 'spotify' ? { VALETKEY_SPOTIFY_GRANT: 'client-credentials' } : {}
  const { stderr } = await createCli({ NODE_OPTIONS, ...environment }).start(...args).ended
  const names = [...stderr.matchAll(/^loaded .*\/([^/]+)\.ts$/gm)].map(([, name]) => name)
  expect(names).toEqual(loaded)
})

describe('a vendor that nobody knows', () => {
  test.each([
    ['githb', 'github'],
    ['Github', undefined],
    ['polar-access', 'polar-accesslink'],
    ['google-drive', 'google'],
    ['airthing', 'airthings'],
    ['nobody-at-all', undefined],
  ])('%s is told; near is %s', async (given, near) => {
    for (const args of [
      ['login', given],
      ['token', given],
      ['vendors', given],
    ]) {
      const { code, stderr } = await createCli().run(...args)
      expect(code).toBe(2)
      if (near !== undefined) expect(stderr).toMatch(new RegExp(`did you mean .*\\b${near}\\b`))
      else expect(stderr).not.toContain('did you mean')
    }
  })
})

describe('a package with the name of a module', () => {
  test('counts more, where the folder is trusted', async () => {
    const cli = createCli()
    install(cli, 'valetkey-github', tern({ name: 'valetkey-github', main: './index.js' }))
    const packageOf = ({ stdout }: Ended) => JSON.parse(stdout).vendors[0].package
    expect(packageOf(await cli.trusting().run('vendors', 'github', '--json'))).toBe('valetkey-github')
    expect((await cli.trusting().run('vendors')).stdout).toMatch(/^github +github +apiKey$/m)
    const untrusted = await cli.run('vendors', 'github', '--json')
    expect(packageOf(untrusted)).toBe('@valetkey/vendors/github')
    expect(untrusted.stderr).toContain('Ignored: valetkey-github')
  })

  test('counts more, where the configuration names it', async () => {
    const cli = createCli().trusting()
    install(cli, '@acme/hub', tern({ name: '@acme/hub', main: './index.js' }))
    cli.write('valetkey.config.json', { vendors: { github: { package: '@acme/hub' } } })
    const { stdout } = await cli.run('vendors', 'github', '--json')
    expect(JSON.parse(stdout).vendors[0].package).toBe('@acme/hub')
  })
})

describe('options of a module', () => {
  test('come from the configuration, secrets do not', async () => {
    const cli = createCli().trusting()
    cli.write('valetkey.config.json', { vendors: { github: { clientSecret: 'x' } } })
    expect(await cli.run('login', 'github')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"vendors.github.clientSecret" is a secret'),
    })
  })

  test('are checked', async () => {
    const cli = createCli({ VALETKEY_EBAY_ENVIRONMENT: 'harbour' })
    const problem = 'VALETKEY_EBAY_ENVIRONMENT must be one of production, sandbox'
    expect(await cli.run('login', 'ebay')).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
    expect(await cli.run('doctor')).toMatchObject({ code: 1, stdout: expect.stringContaining(problem) })
  })

  test('that are missing are named by their variables', async () => {
    expect(await createCli().run('login', 'shopify')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /set VALETKEY_SHOPIFY_CLIENT_ID, VALETKEY_SHOPIFY_CLIENT_SECRET, VALETKEY_SHOPIFY_SHOP, or/,
      ),
    })
  })
})

test('tokens from elsewhere are kept for a vendor of the catalogue, shown, used and forgotten', async () => {
  const vendor = await startOAuthVendor({ status: 200, body: { access_token: 'renewed', expires_in: 3600 } })
  const cli = createCli({ ...environmentOf('github', vendor.origin), VALETKEY_KEY: KEY })
  const imported = await cli.runWith('{"refreshToken":"refresh-1"}', 'import', 'github')
  expect(imported).toMatchObject({ code: 0, stdout: 'Imported the tokens of github. The first use refreshes them.\n' })
  expect((await cli.run('status')).stdout).toMatch(/^github +default +renewable/m)
  expect((await cli.in('elsewhere').run('token', 'github')).stdout).toBe('renewed\n')
  expect((await cli.run('fetch', `${vendor.origin}/user`)).stdout).toBe('Bearer renewed\n')
  const doctor = await cli.run('doctor')
  expect(doctor).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ok +github \(default\) +authorizationCode/m),
  })
  expect(await cli.run('logout', 'github')).toMatchObject({ code: 0, stdout: 'Signed out of github.\n' })
  expect((await cli.run('token', 'github')).code).toBe(3)
})

function environmentOf(vendor: string, origin: string): Record<string, string> {
  const options = {
    clientId: 'boat-app',
    clientSecret: 'boat-secret',
    baseUrl: origin,
    tokenUrl: `${origin}/token`,
    allowInsecureRequests: 'true',
  }
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [variableOf(vendor, name), value]))
}

type Refusal = CredentialErrorOf<'invalid_option'>

function sampleOf(option: string, refusalOf: (given: object) => Refusal | undefined): string {
  const fits = (sample: string) => refusalOf({ [option]: sample })?.option !== option
  return SAMPLES.find(fits) ?? 'sample'
}

function refusal(make: () => unknown): Refusal | undefined {
  try {
    make()
    return undefined
  } catch (error) {
    if (isCredentialError(error, 'invalid_option')) return error
    throw error
  }
}
