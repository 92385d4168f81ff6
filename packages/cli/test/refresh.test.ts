import { expect, test } from 'vitest'
import { airthingsEnvironment, startAirthings } from './support/airthings.ts'
import { type Cli, createCli } from './support/cli.ts'
import { startOAuthVendor } from './support/oauth-vendor.ts'
import { open, pageOf } from './support/sign-in-page.ts'

type Airthings = Awaited<ReturnType<typeof startAirthings>>

async function login(cli: Cli, airthings: Airthings, account = 'default') {
  const running = cli.start('login', 'airthings', '--account', account)
  await open(airthings.approve(await pageOf(running)))
  expect(await running.ended).toMatchObject({ code: 0 })
}

test('valetkey refresh says of one account when it is due, and uses a refresh token that is not due with --force only', async () => {
  const airthings = await startAirthings()
  const cli = createCli(airthingsEnvironment(airthings))
  await login(cli, airthings, 'boathouse')
  const looked = await cli.run('refresh', 'airthings', '--account', 'boathouse')
  expect(looked).toMatchObject({ code: 0, stderr: '' })
  expect(looked.stdout).toMatch(/^VENDOR +ACCOUNT +RESULT +ENDS IN +DUE IN\n/)
  expect(looked.stdout).toMatch(/airthings +boathouse +not due +29 d 23 h +(1[789]|2[0-4]) d/)
  const force = async () => {
    const { stdout } = await cli.run('refresh', 'airthings', '--account', 'boathouse', '--force', '--json')
    return JSON.parse(stdout).accounts
  }
  expect(await force()).toMatchObject([{ vendor: 'airthings', account: 'boathouse', outcome: 'refreshed' }])
  // Within the last minute.
  expect(await force()).toMatchObject([{ outcome: 'not_due', dueAt: expect.any(Number) }])
})

test('valetkey refresh --all goes over all accounts, and tells by its exit code that a person is needed', async () => {
  const airthings = await startAirthings()
  const cli = createCli(airthingsEnvironment(airthings))
  await login(cli, airthings)
  await login(cli, airthings, 'boathouse')
  expect(await cli.run('refresh', '--all')).toMatchObject({ code: 0 })
  airthings.revokeGrants()
  expect(await cli.run('fetch', `${airthings.baseUrl}/v1/accounts`, '--account', 'boathouse')).toMatchObject({
    code: 3,
  })
  const all = await cli.run('refresh', 'airthings', '--all', '--json')
  expect(all.code).toBe(3)
  expect(JSON.parse(all.stdout)).toMatchObject({
    accounts: [
      { vendor: 'airthings', account: 'boathouse', outcome: 'reauthorization_required' },
      { vendor: 'airthings', account: 'default', outcome: 'not_due', dueAt: expect.any(Number) },
    ],
  })
  expect((await cli.run('refresh', '--all')).stdout).toMatch(/airthings +boathouse +sign in again +- +-/)
})

/** A vendor whose refreshes are answered so, and an account whose tokens were imported. */
async function imported(status: number, body: object, settings: object = { grant: 'deviceCode' }) {
  const vendor = await startOAuthVendor({ status, body })
  const cli = createCli().trusting()
  cli.write('valetkey.config.json', { vendors: { acme: { ...vendor.settings, ...settings } } })
  expect(await cli.runWith('{"refreshToken":"refresh-canary"}', 'import', 'acme')).toMatchObject({ code: 0 })
  return cli
}

test('valetkey refresh has the exit code 5 for a vendor that is down, and 3 for a grant that has ended', async () => {
  const down = await (await imported(503, {})).run('refresh', 'acme', '--force')
  expect(down).toMatchObject({ code: 5, stdout: expect.stringMatching(/acme +default +.*status 503/) })
  const ended = await (await imported(400, { error: 'invalid_grant' })).run('refresh', '--all', '--force')
  expect(ended).toMatchObject({ code: 3, stdout: expect.stringMatching(/acme +default +sign in again/) })
  expect(ended.stdout + ended.stderr).not.toContain('canary')
})

test('valetkey refresh says that a password which is not kept has to be typed in again', async () => {
  const cli = await imported(400, { error: 'invalid_grant' }, { grant: 'password', username: 'skipper' })
  const ended = await cli.run('refresh', 'acme', '--force', '--json')
  expect(ended.code).toBe(3)
  expect(JSON.parse(ended.stdout)).toMatchObject({
    accounts: [{ outcome: 'reauthorization_required', problem: expect.stringContaining('"password"') }],
  })
  const later = await cli.run('refresh', '--all', '--json')
  expect(later.code).toBe(3)
  expect(JSON.parse(later.stdout)).toMatchObject({ accounts: [{ outcome: 'reauthorization_required' }] })
})

test('valetkey refresh wants a vendor, or --all, and one of --account and --all', async () => {
  const cli = createCli()
  expect(await cli.run('refresh')).toMatchObject({ code: 2, stderr: expect.stringContaining('--all') })
  expect(await cli.run('refresh', '--all', '--account', 'a')).toMatchObject({ code: 2 })
  expect(await cli.run('refresh', 'airthings')).toMatchObject({ code: 3 })
  expect(await cli.run('refresh', '--all', '--json')).toMatchObject({ code: 0, stdout: '{"accounts":[]}\n' })
})
