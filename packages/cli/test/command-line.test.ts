import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { airthingsEnvironment, CLIENT, startAirthings } from './support/airthings.ts'
import { createCli } from './support/cli.ts'

const COMMANDS = [
  'login',
  'import',
  'status',
  'token',
  'fetch',
  'logout',
  'vendors',
  'rotate-keys',
  'doctor',
  'trust',
  'completion',
]

describe('the command line', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']]])('lists the commands for %j', async (args) => {
    const { code, stdout, stderr } = await createCli().run(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
  })

  test.each(COMMANDS)('explains %s', async (command) => {
    const cli = createCli()
    const long = await cli.run(command, '--help')
    expect(long).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(new RegExp(`^Usage: valetkey ${command}.*--json`, 's')),
    })
    expect(await cli.run('help', command)).toEqual(long)
  })

  test.each(['--version', '-v'])('%s prints the version', async (flag) => {
    expect(await createCli().run(flag)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })

  test.each([
    [['lgoin'], 'there is no command "lgoin"'],
    [['token'], '<vendor> is missing'],
    [['token', 'flume', 'airthings'], '"airthings" is too much'],
    [['status', '--acount', 'x'], "Unknown option '--acount'"],
    [['status', '--account', ''], '--account needs a name'],
    [['status', '--account'], "Option '--account <value>' argument missing"],
    [['proxy', '--port', '-1'], "Option '--port' argument is ambiguous; see: valetkey proxy --help"],
    [['completion', 'csh'], '"csh" is none of bash, zsh, fish'],
    [
      ['login', 'airthings', '--grant', 'device'],
      'airthings: there is no "device"; there is authorizationCode, clientCredentials',
    ],
    [['login', 'airthings', '--device'], 'airthings: there is no "deviceCode"'],
    [['status', '--store', 'mysql://root:secret@db/tokens'], 'the store must be a URL that begins with redis://'],
    [['status', '--config', 'absent.json'], 'absent.json: cannot be read, it is not there'],
  ])('%j is told to be wrong: %s', async (args, problem) => {
    const { code, stdout, stderr } = await createCli().run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`valetkey: `)
    expect(stderr).toContain(problem)
    expect(stderr).not.toContain('secret')
  })

  test('says with --json what went wrong as JSON, with the exit code', async () => {
    const { code, stdout, stderr } = await createCli().run('token', 'airthings', '--json')
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'not_signed_in',
        message: 'airthings: no user has signed in',
        vendor: 'airthings',
        account: 'default',
        isRetryable: false,
        exitCode: 3,
      },
    })
  })

  test('says how to sign in when that is what helps', async () => {
    const { stderr } = await createCli().run('token', 'airthings', '--account', 'boathouse')
    expect(stderr).toContain('Sign in with: valetkey login airthings --account boathouse\n')
  })

  test('prints one JSON object for every command with --json', async () => {
    const airthings = await startAirthings()
    const cli = createCli(airthingsEnvironment(airthings))
    const calls = [
      ['login', 'airthings', '--grant', 'client-credentials'],
      ['status'],
      ['token', 'airthings'],
      ['fetch', `${airthings.baseUrl}/v1/accounts`],
      ['vendors'],
      ['doctor'],
      ['rotate-keys'],
      ['trust', '--list'],
      ['completion', 'bash'],
      ['logout', 'airthings'],
    ]
    for (const args of calls) {
      const { code, stdout } = await cli.run(...args, '--json')
      expect({ args, code, lines: stdout.split('\n').length }).toEqual({ args, code: 0, lines: 2 })
      expect(JSON.parse(stdout)).toEqual(expect.any(Object))
    }
  })
})

const BAD_PACKAGE = { vendors: { x: { package: '../../x' } } }

describe('valetkey.config.json', () => {
  test('gives the options that are no secrets; the environment wins', async () => {
    const airthings = await startAirthings()
    const { VALETKEY_AIRTHINGS_CLIENT_ID: clientId, VALETKEY_AIRTHINGS_CLIENT_SECRET } = airthingsEnvironment(airthings)
    const cli = createCli({ VALETKEY_AIRTHINGS_CLIENT_SECRET: VALETKEY_AIRTHINGS_CLIENT_SECRET ?? '' })
    const { baseUrl, tokenUrl } = airthings
    const options = { grant: 'clientCredentials', clientId, baseUrl, tokenUrl, allowInsecureRequests: true }
    cli.write('valetkey.config.json', { vendors: { airthings: options } })
    const login = await cli.trusting().run('login', 'airthings')
    expect(login).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Settings: .*valetkey\.config\.json$/m) })
    const wrong = await cli.trusting().with({ VALETKEY_AIRTHINGS_CLIENT_ID: 'another' }).run('login', 'airthings')
    expect(wrong.code).toBe(4)
  })

  test.each([
    ['no JSON', '{', 'must be a JSON object like'],
    ['an unknown setting', { vendor: {} }, '"vendor" is not a setting; there is "vendors"'],
    ['a vendor that is no object', { vendors: { airthings: 'x' } }, '"vendors.airthings" must be an object of options'],
    [
      'an unknown option',
      { vendors: { airthings: { clientID: 'x' } } },
      '"vendors.airthings.clientID" is none of clientId',
    ],
    [
      'a wrong choice',
      { vendors: { airthings: { api: 'home' } } },
      '"vendors.airthings.api" must be one of consumer, business',
    ],
    [
      'a wrong type',
      { vendors: { airthings: { scopes: 'a b' } } },
      '"vendors.airthings.scopes" must be a list of texts',
    ],
    ['a grant that is no text', { vendors: { airthings: { grant: 1 } } }, '"vendors.airthings.grant" must be a string'],
    ['a package name that leads elsewhere', BAD_PACKAGE, '"../../x" is not a package\'s name'],
    [
      'a secret',
      { vendors: { airthings: { clientSecret: CLIENT.clientSecret } } },
      '"vendors.airthings.clientSecret" is a secret: remove it, and set VALETKEY_AIRTHINGS_CLIENT_SECRET',
    ],
  ])('with %s is told to be wrong', async (_, content, problem) => {
    const cli = createCli()
    cli.write('valetkey.config.json', content)
    const { code, stderr } = await cli.trusting().run('login', content === BAD_PACKAGE ? 'x' : 'airthings')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(problem) })
    expect(stderr).not.toContain(CLIENT.clientSecret)
  })

  test('that may not be read is told', async () => {
    const cli = createCli()
    cli.write('folder.json', {})
    chmodSync(join(cli.cwd, 'folder.json'), 0)
    expect(await cli.run('status', '--config', '.')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be read'),
    })
  })

  test.each([
    ['VALETKEY_AIRTHINGS_API', 'home', 'VALETKEY_AIRTHINGS_API must be one of consumer, business'],
    [
      'VALETKEY_AIRTHINGS_ALLOW_INSECURE_REQUESTS',
      '1',
      'VALETKEY_AIRTHINGS_ALLOW_INSECURE_REQUESTS must be "true" or "false"',
    ],
  ])('variables are checked too: %s=%s', async (name, value, problem) => {
    const login = await createCli({ [name]: value }).run('login', 'airthings')
    expect(login).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
  })
})
