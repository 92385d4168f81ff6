import { cpSync, existsSync, mkdirSync, renameSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { simulators } from '@valetkey/testing/simulators'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Cli, createCli, type Ended } from './support/cli.ts'
import { install, tern } from './support/vendor-package.ts'

const FLUME = { clientId: 'mine', clientSecret: 'flume-client-secret', username: 'me', password: 'flume-password' }
const KEYS = { VALETKEY_TERN_API_KEY: 'tern-key', VALETKEY_TERN_GRANT: 'api-key' }
const IGNORED = /^Ignored: .*not trusted; look at it, then allow it with: valetkey trust$/m

describe('a folder that nobody has allowed', () => {
  test.each([
    [['status']],
    [['status', 'tern']],
    [['token', 'tern']],
    [['fetch', 'https://api.tern.example/winds']],
    [['login', 'tern']],
    [['logout', 'tern']],
    [['doctor']],
    [['vendors']],
  ])('runs no code of its node_modules by valetkey %j, which says in one line what it ignores', async (args) => {
    const { cli, ran } = hostile()
    const { stderr } = await cli.start(...args).ended
    expect(ran()).toBe(false)
    expect(stderr.match(new RegExp(IGNORED, 'gm'))).toEqual([
      `Ignored: valetkey.config.json, valetkey-tern. ${cli.cwd} is not trusted; look at it, then allow it with: valetkey trust`,
    ])
  })

  test('does not change what is printed as JSON', async () => {
    const { cli } = hostile()
    const { stdout, stderr } = await cli.run('status', '--json')
    expect(JSON.parse(stdout)).toEqual({ accounts: [] })
    expect(stderr).toMatch(IGNORED)
  })

  test.each([[['status']], [['token', 'flume']], [['login', 'flume']], [['doctor']], [['fetch']]])(
    'gets no secret of the environment sent to its token endpoint by valetkey %j',
    async ([command = '', ...args]) => {
      const [thief, flume] = [await startThief(), await simulators.flume(FLUME)]
      onTestFinished(() => flume.close())
      const cli = createCli(flumeEnvironment(flume.baseUrl))
      const settings = { tokenUrl: `${thief.url}/token`, baseUrl: thief.url, allowInsecureRequests: true }
      cli.write('valetkey.config.json', { vendors: { flume: { grant: 'password', ...settings } } })
      const { code, stderr } = await cli.start(command, ...(command === 'fetch' ? [`${flume.baseUrl}/me`] : args)).ended
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(IGNORED) })
      expect(thief.requests).toEqual([])
    },
  )

  test('gets it sent once a person has allowed the folder, so the test above sees what it looks for', async () => {
    const thief = await startThief()
    const cli = createCli(flumeEnvironment('https://api.flume.example'))
    cli.write('valetkey.config.json', { vendors: { flume: { grant: 'password', tokenUrl: `${thief.url}/token` } } })
    const trust = await cli.run('trust')
    expect(trust.stdout).toContain(`    flume: tokenUrl ${thief.url}\n`)
    await cli.run('token', 'flume')
    expect(thief.requests.join('')).toContain(FLUME.password)
  })

  test('gives no library, and so no password, to a store', async () => {
    const cli = createCli({ VALETKEY_STORE: 'redis://:redis-password@127.0.0.1:1' })
    const valetkey = installWithoutLibraries(cli)
    install(cli, 'redis', spy(cli, { name: 'redis', valetkey: undefined }))
    const refused = await valetkey('status')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('"redis" is needed for this store') })
    expect(refused.stderr).toContain(`Ignored: redis. ${cli.cwd} is not trusted`)
    expect(existsSync(traceOf(cli))).toBe(false)
    await valetkey('trust')
    await valetkey('status')
    expect(existsSync(traceOf(cli))).toBe(true)
  })

  test('brings nothing through the folders above it, through links, or through NODE_PATH', async () => {
    const { cli, ran } = hostile()
    const below = join(cli.cwd, 'below')
    mkdirSync(below)
    const elsewhere = cli.in('elsewhere')
    symlinkSync(join(cli.cwd, 'node_modules'), join(elsewhere.cwd, 'node_modules'))
    symlinkSync(join(cli.cwd, 'valetkey.config.json'), join(elsewhere.cwd, 'valetkey.config.json'))
    const empty = cli.in('empty')
    for (const NODE_PATH of ['node_modules', join(cli.cwd, 'node_modules')]) {
      for (const place of [cli.at(below), elsewhere, empty, cli]) {
        const { code } = await place.with({ NODE_PATH }).start('login', 'tern').ended
        expect(code).toBe(2)
      }
    }
    expect(ran()).toBe(false)
  })

  test('gives no code in place of what an allowed package lacks', async () => {
    const cli = createCli(KEYS)
    install(cli, 'valetkey-other-name', tern({ main: './index.js' }))
    await cli.run('trust')
    const { cli: other, ran } = hostileIn(cli.in('other'))
    const NODE_PATH = join(other.cwd, 'node_modules')
    const { stdout } = await cli.with({ NODE_PATH }).start('status').ended
    expect(stdout).toContain('its entry point was not found')
    expect(ran()).toBe(false)
  })

  test('cannot keep a command from its work by files that do not end or cannot be read', async () => {
    const cli = createCli()
    symlinkSync('/dev/zero', join(cli.cwd, 'valetkey.config.json'))
    mkdirSync(join(cli.cwd, 'node_modules/valetkey-tern'), { recursive: true })
    symlinkSync('/dev/zero', join(cli.cwd, 'node_modules/valetkey-tern/package.json'))
    expect(await cli.start('status').ended).toMatchObject({ code: 0, stderr: expect.stringMatching(IGNORED) })
    expect(await cli.start('trust').ended).toMatchObject({ code: 2, stderr: expect.stringContaining('must be a JSON') })
  })

  test('cannot complete shell words with what a shell would run', async () => {
    const cli = createCli().trusting()
    install(cli, 'valetkey-x', tern({ name: 'valetkey-$(touch ran)' }))
    expect((await cli.run('vendors', '--names')).stdout).not.toContain('touch')
  })
})

describe('valetkey trust', () => {
  test('allows the folder, and tells what that is', async () => {
    const { cli, ran } = hostile()
    const trust = await cli.run('trust')
    expect(trust.code).toBe(0)
    expect(trust.stdout).toContain(`Trusted: ${cli.cwd}\n`)
    expect(trust.stdout).toContain(`  valetkey-tern 1.0.0, in ${cli.cwd}/node_modules/valetkey-tern\n`)
    expect(ran()).toBe(false)
    expect((await cli.run('status')).stderr).not.toContain('Ignored')
    expect(ran()).toBe(true)
  })

  test.each<[string, (cli: Cli) => void]>([
    [
      'the configuration',
      (cli) => cli.write('valetkey.config.json', { vendors: { tern: { grant: 'apiKey' }, x: {} } }),
    ],
    ['the version of a package', (cli) => install(cli, 'valetkey-tern', spy(cli, { version: '1.0.1' }))],
    ['where a package is', (cli) => relink(cli)],
    ['a package that is new', (cli) => install(cli, 'valetkey-petrel', spy(cli, { name: 'valetkey-petrel' }))],
  ])('is asked for again when this changes: %s', async (_, change) => {
    const { cli, ran } = hostile()
    await cli.run('trust')
    change(cli)
    const { stderr } = await cli.run('status')
    expect(stderr).toContain(`${cli.cwd} has changed since it was trusted`)
    expect(ran()).toBe(false)
    expect((await cli.run('trust', '--list')).stdout).toMatch(/project +changed$/m)
    await cli.run('trust')
    expect((await cli.run('status')).stderr).not.toContain('Ignored')
  })

  test('allows no other folder with the same content', async () => {
    const { cli } = hostile()
    await cli.run('trust')
    const { stderr } = await hostileIn(cli.in('copy')).cli.run('status')
    expect(stderr).toMatch(IGNORED)
  })

  test('knows the folder by its real path, and takes back what was allowed', async () => {
    const { cli, ran } = hostile()
    const link = join(dirname(cli.cwd), 'link')
    symlinkSync(cli.cwd, link)
    expect(await cli.in('elsewhere').run('trust', link)).toMatchObject({ code: 0 })
    expect((await cli.run('trust', '--list')).stdout).toMatch(new RegExp(`^${cli.cwd} +trusted$`, 'm'))
    expect((await cli.run('trust', '--revoke', link)).stdout).toBe(`No longer trusted: ${cli.cwd}\n`)
    expect((await cli.run('trust', '--revoke')).stdout).toBe(`${cli.cwd} was not trusted.\n`)
    expect((await cli.run('trust', '--list', '--json')).stdout).toBe('{"trusted":[]}\n')
    expect((await cli.run('status')).stderr).toMatch(IGNORED)
    expect(ran()).toBe(false)
  })

  test('is needed again for the package of a sign-in when its folder has changed', async () => {
    const { cli, ran } = hostile(tern({ version: '1.0.0', main: './index.js' }))
    await cli.run('trust')
    expect(await cli.run('login', 'tern')).toMatchObject({ code: 0 })
    const elsewhere = cli.in('elsewhere')
    expect((await elsewhere.run('status')).stdout).toMatch(/tern +default +ready/)
    install(cli, 'valetkey-tern', spy(cli, { version: '1.0.1' }))
    const status = await elsewhere.start('status').ended
    expect(status).toMatchObject({ code: 1, stdout: expect.stringContaining(`valetkey trust ${cli.cwd}`) })
    expect(await elsewhere.start('token', 'tern').ended).toMatchObject({ code: 2 })
    expect(ran()).toBe(false)
  })

  test('is needed for a file that --config names, too', async () => {
    const cli = createCli()
    cli.write('other.json', { vendors: { airthings: { api: 'business' } } })
    const refused = await cli.run('doctor', '--config', 'other.json')
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('valetkey trust --config other.json') })
    expect(await cli.run('trust', '--config', 'other.json')).toMatchObject({ code: 0 })
    expect((await cli.run('doctor', '--config', 'other.json')).stdout).toMatch(/^ok +configuration .*other\.json$/m)
    cli.write('other.json', { vendors: {} })
    expect(await cli.run('doctor', '--config', 'other.json')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has changed since'),
    })
  })

  test('does not cover a package that only a file of --config names', async () => {
    const { cli, ran } = hostile(tern({ version: '1.0.0', main: './index.js' }))
    const weather = spy(cli, { name: '@acme/weather', valetkey: { grants: { apiKey: ['apiKey'] }, export: 'tern' } })
    install(cli, '@acme/weather', weather)
    cli.write('other.json', { vendors: { mast: { package: '@acme/weather' } } })
    await cli.run('trust')
    await cli.run('trust', '--config', 'other.json')
    const login = await cli.with({ VALETKEY_MAST_API_KEY: 'key' }).run('login', 'mast', '--config', 'other.json')
    expect(login).toMatchObject({ code: 2, stderr: expect.stringContaining('"@acme/weather" was not allowed with') })
    expect(ran()).toBe(false)
  })

  test('is kept in files that only this user may read, outside the folder', async () => {
    const { cli } = hostile()
    await cli.run('trust')
    expect(statSync(join(cli.home, 'trust')).mode & 0o777).toBe(0o700)
    expect(existsSync(join(cli.cwd, 'trust'))).toBe(false)
  })

  test('does not count from a data folder that the folder itself brings', async () => {
    const { cli, ran } = hostile()
    await cli.run('trust')
    const VALETKEY_HOME = join(cli.cwd, '.valetkey')
    renameSync(cli.home, VALETKEY_HOME)
    const moved = cli.with({ VALETKEY_HOME })
    expect((await moved.run('status')).stderr).toMatch(IGNORED)
    expect(ran()).toBe(false)
    expect(await moved.run('trust')).toMatchObject({ code: 2, stderr: expect.stringContaining('a folder outside') })
  })

  test.each([
    ['VALETKEY_HOME', '.valetkey'],
    ['VALETKEY_TRUST', '.'],
  ])('is not had by a relative %s, which would mean another folder in every place', async (name, value) => {
    const { cli, ran } = hostile()
    const status = await cli.with({ [name]: value }).run('status')
    expect(status).toMatchObject({ code: 2, stderr: expect.stringContaining(`${name} must`) })
    expect(ran()).toBe(false)
  })

  test('is not needed in and below the folders of VALETKEY_TRUST', async () => {
    const { cli, ran } = hostile()
    const other = join(dirname(cli.cwd), 'proj')
    expect((await cli.with({ VALETKEY_TRUST: other }).run('status')).stderr).toMatch(IGNORED)
    expect(ran()).toBe(false)
    const VALETKEY_TRUST = `${other}:${dirname(cli.cwd)}`
    expect((await cli.with({ VALETKEY_TRUST }).run('status')).stderr).not.toContain('Ignored')
    expect(ran()).toBe(true)
  })

  test.each([
    ['an empty folder', [], 'there is nothing to trust'],
    ['a folder that is not there', ['absent'], 'is not there'],
    ['a folder and a file', ['.', '--config', 'x.json'], 'not both'],
  ])('refuses %s', async (_, args, problem) => {
    const trust = await createCli().run('trust', ...args)
    expect(trust).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
  })
})

/** A cloned repository: its configuration and a package in its `node_modules`, which leaves a trace when it runs. */
function hostile(pkg?: ReturnType<typeof tern>) {
  return hostileIn(createCli(KEYS), pkg)
}

function hostileIn(cli: Cli, pkg = spy(cli, {})) {
  cli.write('valetkey.config.json', { vendors: { tern: { grant: 'apiKey' } } })
  install(cli, 'valetkey-tern', pkg)
  return { cli, ran: () => existsSync(traceOf(cli)) }
}

function traceOf({ cwd }: Pick<Cli, 'cwd'>): string {
  return join(cwd, 'ran')
}

function spy(cli: Pick<Cli, 'cwd'>, manifest: object): ReturnType<typeof tern> {
  const pkg = tern({ version: '1.0.0', main: './index.js', ...manifest })
  const trace = `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(traceOf(cli))}, '')\n`
  return { ...pkg, source: trace + pkg.source }
}

/** The same content, but a link to another place. */
function relink({ cwd }: Cli): void {
  const modules = join(cwd, 'node_modules')
  renameSync(join(modules, 'valetkey-tern'), join(cwd, 'moved'))
  symlinkSync(join(cwd, 'moved'), join(modules, 'valetkey-tern'))
}

/** A command line beside which there are no libraries of stores. */
function installWithoutLibraries(cli: Cli): (...args: readonly string[]) => Promise<Ended> {
  const [here, folder] = [join(import.meta.dirname, '..'), join(dirname(cli.cwd), 'installation')]
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  cpSync(join(here, 'src'), join(folder, 'src'), { recursive: true })
  cpSync(join(here, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(here, 'node_modules/@valetkey'), join(folder, 'node_modules/@valetkey'))
  return (...args) => cli.startWith(join(folder, 'src/main.ts'), ...args).ended
}

function flumeEnvironment(baseUrl: string): Record<string, string> {
  return {
    VALETKEY_FLUME_GRANT: 'password',
    VALETKEY_FLUME_BASE_URL: baseUrl,
    VALETKEY_FLUME_ALLOW_INSECURE_REQUESTS: 'true',
    VALETKEY_FLUME_CLIENT_ID: FLUME.clientId,
    VALETKEY_FLUME_CLIENT_SECRET: FLUME.clientSecret,
    VALETKEY_FLUME_USERNAME: FLUME.username,
    VALETKEY_FLUME_PASSWORD: FLUME.password,
  }
}

async function startThief() {
  const requests: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      requests.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`)
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}
