import { expect, test } from 'vitest'
import { duration } from '../src/duration.ts'
import { airthingsEnvironment, startAirthings } from './support/airthings.ts'
import { createCli } from './support/cli.ts'
import { open, pageOf } from './support/sign-in-page.ts'

test.each([
  [0, '0 s'],
  [-5_000, '0 s'],
  [59_999, '59 s'],
  [3_600_000, '1 h'],
  [10_799_000, '2 h 59 min'],
  [90_061_000, '1 d 1 h'],
])('%i ms are shown as %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})

test('valetkey status shows one vendor or account, and by its exit code whether somebody has to sign in', async () => {
  const airthings = await startAirthings({ expiresIn: 0.001 })
  const cli = createCli(airthingsEnvironment(airthings))
  const login = cli.start('login', 'airthings', '--account', 'boathouse')
  await open(airthings.approve(await pageOf(login)))
  await login.ended
  expect(await cli.run('status', 'airthings', '--account', 'boathouse')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/airthings +boathouse +renewable/),
  })
  expect(await cli.run('status', 'airthings', '--account', 'home')).toMatchObject({ code: 3, stdout: '' })
  expect(await cli.run('status', 'flume')).toMatchObject({ code: 3, stdout: '' })
  airthings.revokeGrants()
  const accounts = `${airthings.baseUrl}/v1/accounts`
  expect(await cli.run('fetch', accounts, '--account', 'boathouse')).toMatchObject({ code: 3, stdout: '' })
  const status = await cli.run('status', '--json')
  expect(status.code).toBe(3)
  expect(JSON.parse(status.stdout)).toMatchObject({
    accounts: [
      { vendor: 'airthings', account: 'boathouse', state: 'reauthorization_required', reason: 'invalid_grant' },
    ],
  })
})

test('valetkey status says that a person must sign in again when the grant is dead and the token has not expired', async () => {
  const airthings = await startAirthings()
  const cli = createCli(airthingsEnvironment(airthings))
  const login = cli.start('login', 'airthings')
  await open(airthings.approve(await pageOf(login)))
  await login.ended
  airthings.revokeGrants()
  expect(await cli.run('fetch', `${airthings.baseUrl}/v1/accounts`)).toMatchObject({ code: 3 })
  const shown = await cli.run('status')
  expect(shown).toMatchObject({ code: 3, stdout: expect.stringMatching(/airthings +default +ready, sign in again/) })
})
