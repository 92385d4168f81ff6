import { dirname, join } from 'node:path'
import { isCredentialError } from '@valetkey/core'
import { describe, expect, test } from 'vitest'
import { listPackages } from '../src/vendors/find-packages.ts'
import { loadFactory } from '../src/vendors/load-factory.ts'
import { type Cli, createCli } from './support/cli.ts'
import { install, TERN, tern } from './support/vendor-package.ts'

const INSTALLED = [...listPackages([join(import.meta.dirname, '../node_modules')]).values()]
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
    const cli = createCli().trusting()
    install(cli, 'valetkey-tern', tern({ exports: { '.': { import: './index.js' } } }))
    expect((await cli.run('vendors', '--names')).stdout.split('\n')).toContain('tern')
    const vendors = (await cli.run('vendors', 'tern')).stdout
    expect(vendors).toContain('tern (valetkey-tern)\n  apiKey\n    VALETKEY_TERN_API_KEY  from your mast')
    await expectSignIn(cli, 'tern')
  })

  test('may have a name of several words', async () => {
    const cli = createCli().trusting()
    install(cli, 'valetkey-arctic-tern', tern({ name: 'valetkey-arctic-tern', main: './index.js' }))
    await expectSignIn(cli, 'arctic-tern')
  })

  test('is found by the package that the configuration names', async () => {
    const cli = createCli().trusting()
    install(cli, '@acme/weather', tern({ name: '@acme/weather', main: './index.js' }))
    cli.write('valetkey.config.json', { vendors: { mast: { package: '@acme/weather' } } })
    await expectSignIn(cli, 'mast')
  })

  test('is used from where it was at the sign-in, whatever folder one stands in', async () => {
    const cli = createCli().trusting()
    install(cli, 'valetkey-tern', tern({ main: './index.js' }))
    await expectSignIn(cli, 'tern')
    const elsewhere = cli.in('elsewhere').with({ VALETKEY_TRUST: dirname(cli.cwd) })
    install(elsewhere, 'valetkey-tern', {
      ...tern({ main: './index.js' }),
      source: 'throw new Error("not this one")',
    })
    const status = await elsewhere.with({ VALETKEY_TERN_API_KEY: 'key' }).run('status')
    expect(status).toMatchObject({ code: 0, stdout: expect.stringMatching(/tern +default +ready/) })
  })

  test('cannot take the place of one that is installed beside the command line', async () => {
    const cli = createCli({
      VALETKEY_BLUESONDE_API_KEY: 'key',
      VALETKEY_BLUESONDE_BASE_URL: 'https://api.example.com',
    }).trusting()
    install(cli, '@valetkey/bluesonde', {
      ...tern({ name: '@valetkey/bluesonde' }),
      source: 'throw new Error("not this one")',
    })
    expect(await cli.run('login', 'bluesonde', '--grant', 'api-key')).toMatchObject({ code: 0 })
  })

  test('whose package is gone is told with what to do', async () => {
    const cli = createCli().trusting()
    install(cli, 'valetkey-tern', tern({ main: './index.js' }))
    await expectSignIn(cli, 'tern')
    install(cli, 'valetkey-tern', { manifest: {}, source: '' })
    const problem = 'valetkey-tern is no longer in'
    expect(await cli.run('token', 'tern')).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
    expect(await cli.run('doctor')).toMatchObject({ code: 1, stdout: expect.stringContaining(problem) })
    expect(await cli.run('status')).toMatchObject({ code: 1, stdout: expect.stringContaining(problem) })
    const fetched = await cli.run('fetch', 'https://api.tern.example/winds')
    expect(fetched).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
  })

  test.each([
    ['no object', 'yes', '"valetkey" in its package.json must be an object'],
    ['no grants', {}, '"valetkey.grants" in its package.json must be an object'],
    ['an empty list of grants', { grants: {} }, '"valetkey.grants" in its package.json must name a grant'],
    ['options that are no names', { grants: { apiKey: [1] } }, '"valetkey.grants.apiKey" in its package.json must be'],
    ['hosts that are no list', { grants: { apiKey: [] }, hosts: 'x' }, '"valetkey.hosts" in its package.json must be'],
    ['a title that is no text', { ...TERN, title: 5 }, '"valetkey.title" in its package.json must be a string'],
  ])('that describes itself with %s is told what is wrong', async (_, valetkey, problem) => {
    const cli = createCli().trusting()
    install(cli, 'valetkey-tern', tern({ valetkey }))
    const login = await cli.run('login', 'tern')
    expect(login).toMatchObject({ code: 2, stderr: expect.stringContaining(`valetkey-tern: ${problem}`) })
  })

  test('has options that are lists or flags, where it says so', async () => {
    const options = { apiKey: {}, hulls: { type: 'list' }, sails: { type: 'flag' } }
    const valetkey = { grants: { apiKey: ['apiKey', 'hulls?', 'sails?'] }, options }
    const { source, ...rest } = tern({ main: './index.js', valetkey })
    const cli = createCli({ VALETKEY_TERN_HULLS: 'one two', VALETKEY_TERN_SAILS: 'false' }).trusting()
    const checked = `({ vendor, account, apiKey, ...rest }) => JSON.stringify(rest).includes('"hulls":["one","two"],"sails":false') && `
    install(cli, 'valetkey-tern', { ...rest, source: source.replace('({ vendor, account, apiKey }) => ', checked) })
    await expectSignIn(cli, 'tern')
    const withKey = cli.with({ VALETKEY_TERN_API_KEY: 'key' })
    const wrong = await withKey.with({ VALETKEY_TERN_SAILS: 'no' }).run('login', 'tern')
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('must be "true" or "false"') })
  })

  test.each([
    ['exports no such factory', 'export const tern = { apiKey: () => ({}) }', 'it exports no apiKey()'],
    ['gives no credential', 'export const apiKey = () => ({})', 'apiKey() gave no credential'],
  ])('that %s is told so', async (_, source, problem) => {
    const cli = createCli({ VALETKEY_TERN_API_KEY: 'key' }).trusting()
    install(cli, 'valetkey-tern', { ...tern({ main: './index.js' }), source })
    expect(await cli.run('login', 'tern')).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
  })
})

test.each(['nobody', '../../etc', 'UPPER', ''])('"%s" is told to be no vendor that is installed', async (vendor) => {
  const login = await createCli().run('login', vendor)
  expect(login).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/is installed next to valetkey|is no vendor’s name|is not a vendor's name/),
  })
})

async function expectSignIn(cli: Cli, vendor: string): Promise<void> {
  const withKey = cli.with({ [`VALETKEY_${vendor.toUpperCase().replace('-', '_')}_API_KEY`]: 'key' })
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
