import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isCredentialError } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { listPackages, packageRoots } from '../src/vendors/find-packages.ts'
import { loadFactory } from '../src/vendors/load-factory.ts'
import { type Cli, createCli } from './support/cli.ts'

const INSTALLED = [...listPackages(packageRoots(import.meta.dirname)).values()]
const GRANTS = INSTALLED.flatMap((found) => Object.keys(found.description.grants).map((grant) => ({ found, grant })))

/** A value that passes for any option. */
const SAMPLES: Readonly<Record<string, string>> = { company: 'acme', placement: 'basic' }
const URLS = /Url$|Uri$/

describe('what the vendors’ packages say to the command line', () => {
  test('is said by all of them', () => {
    expect(INSTALLED.map(({ name }) => name)).toEqual(
      ['airthings', 'bluesonde', 'flowlu', 'flume', 'm2m'].map((vendor) => `@valetkey/${vendor}`),
    )
  })

  test.each(GRANTS)('is true: $found.name, $grant', async ({ found, grant }) => {
    const factory = await loadFactory(found, grant)
    const { required = [] } = found.description.grants[grant] ?? {}
    const options = Object.fromEntries(required.map((name) => [name, sampleOf(name)]))
    expect(factory(options)).toMatchObject({ specVersion: 'v1' })
    for (const name of required) {
      const { [name]: _, ...others } = options
      expect(
        optionRefused(() => factory(others)),
        `${grant} without ${name}`,
      ).toBe(name)
    }
  })
})

describe('a vendor of somebody else', () => {
  test('is found in the folder where one stands, by the name that its package has', async () => {
    const cli = createCli()
    install(cli, 'valetkey-kestrel', kestrel({ exports: { '.': { import: './index.js' } } }))
    expect((await cli.run('vendors', '--names')).stdout.split('\n')).toContain('kestrel')
    const vendors = (await cli.run('vendors')).stdout
    expect(vendors).toContain('kestrel (valetkey-kestrel)\n  apiKey\n    VALETKEY_KESTREL_API_KEY  from your mast')
    await expectSignIn(cli, 'kestrel')
  })

  test('is found by the package that the configuration names', async () => {
    const cli = createCli()
    install(
      cli,
      '@acme/weather',
      kestrel({ name: '@acme/weather', main: './index.js', valetkey: { ...KESTREL, export: 'kestrel' } }),
    )
    cli.write('valetkey.config.json', { vendors: { mast: { package: '@acme/weather' } } })
    await expectSignIn(cli, 'mast')
  })

  test('is used from where it was at the sign-in, whatever folder one stands in', async () => {
    const cli = createCli()
    install(cli, 'valetkey-kestrel', kestrel({ main: './index.js' }))
    await expectSignIn(cli, 'kestrel')
    const elsewhere = cli.in('elsewhere')
    install(elsewhere, 'valetkey-kestrel', {
      ...kestrel({ main: './index.js' }),
      source: 'throw new Error("not this one")',
    })
    const status = await elsewhere.with({ VALETKEY_KESTREL_API_KEY: 'key' }).run('status')
    expect(status).toMatchObject({ code: 0, stdout: expect.stringMatching(/kestrel +default +ready/) })
  })

  test('cannot take the place of one that is installed beside the command line', async () => {
    const cli = createCli({ VALETKEY_BLUESONDE_API_KEY: 'key', VALETKEY_BLUESONDE_BASE_URL: 'https://api.example.com' })
    install(cli, '@valetkey/bluesonde', {
      ...kestrel({ name: '@valetkey/bluesonde' }),
      source: 'throw new Error("not this one")',
    })
    expect(await cli.run('login', 'bluesonde', '--grant', 'api-key')).toMatchObject({ code: 0 })
  })

  test('whose package is gone is told with what to do', async () => {
    const cli = createCli()
    install(cli, 'valetkey-kestrel', kestrel({ main: './index.js' }))
    await expectSignIn(cli, 'kestrel')
    install(cli, 'valetkey-kestrel', { manifest: {}, source: '' })
    const token = await cli.run('token', 'kestrel')
    expect(token).toMatchObject({ code: 2, stderr: expect.stringContaining('valetkey-kestrel is no longer in') })
  })

  test.each([
    ['no object', 'yes', '"valetkey" in its package.json must be an object'],
    ['no grants', {}, '"valetkey.grants" in its package.json must be an object'],
    ['an empty list of grants', { grants: {} }, '"valetkey.grants" in its package.json must name a grant'],
    ['options that are no names', { grants: { apiKey: [1] } }, '"valetkey.grants.apiKey" in its package.json must be'],
    ['hosts that are no list', { grants: { apiKey: [] }, hosts: 'x' }, '"valetkey.hosts" in its package.json must be'],
  ])('that describes itself with %s is told what is wrong', async (_, valetkey, problem) => {
    const cli = createCli()
    install(cli, 'valetkey-kestrel', kestrel({ valetkey }))
    const login = await cli.run('login', 'kestrel')
    expect(login).toMatchObject({ code: 2, stderr: expect.stringContaining(`valetkey-kestrel: ${problem}`) })
  })

  test.each([
    ['has no such factory', 'export const kestrel = {}', 'it has no kestrel.apiKey()'],
    ['gives no credential', 'export const kestrel = { apiKey: () => ({}) }', 'kestrel.apiKey() gave no credential'],
  ])('that %s is told so', async (_, source, problem) => {
    const cli = createCli({ VALETKEY_KESTREL_API_KEY: 'key' })
    install(cli, 'valetkey-kestrel', { ...kestrel({ main: './index.js' }), source })
    expect(await cli.run('login', 'kestrel')).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
  })
})

test.each(['nobody', '../../etc', 'UPPER', ''])('"%s" is told to be no vendor that is installed', async (vendor) => {
  const login = await createCli().run('login', vendor)
  expect(login).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is installed here or beside|is no vendor’s name|is no vendor's name/),
  })
})

const KESTREL = { grants: { apiKey: ['apiKey'] }, options: { apiKey: { about: 'from your mast' } } }

interface Package {
  readonly manifest: object
  readonly source: string
}

function kestrel(manifest: object): Package {
  return {
    manifest: { name: 'valetkey-kestrel', type: 'module', valetkey: KESTREL, ...manifest },
    source: `
      export const kestrel = {
        apiKey: ({ vendor, account, apiKey }) => ({
          specVersion: 'v1', vendor, account, carries: { headers: ['x-key'], query: [] },
          covers: (origin) => origin === 'https://api.kestrel.example',
          authorization: () => ({ headers: { 'x-key': apiKey }, query: {}, generation: 1 }),
          renew: async () => undefined,
          refuses: ({ status }) => status === 401,
        }),
      }`,
  }
}

function install({ cwd }: Pick<Cli, 'cwd'>, name: string, { manifest, source }: Package): void {
  const folder = join(cwd, 'node_modules', name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'index.js'), source)
}

async function expectSignIn(cli: Cli, vendor: string): Promise<void> {
  const withKey = cli.with({ [`VALETKEY_${vendor.toUpperCase()}_API_KEY`]: 'key' })
  expect(await withKey.run('login', vendor)).toMatchObject({ code: 0 })
  expect((await withKey.run('status')).stdout).toMatch(new RegExp(`${vendor} +default +ready`))
}

function sampleOf(name: string): string {
  return SAMPLES[name] ?? (URLS.test(name) ? 'https://vendor.example/path' : `sample-${name}`)
}

function optionRefused(make: () => unknown): string | undefined {
  try {
    make()
    return undefined
  } catch (error) {
    return isCredentialError(error, 'invalid_option') ? error.option : undefined
  }
}
