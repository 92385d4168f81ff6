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
  const airthings = await startAirthings({ expiresIn: 0 })
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
  expect(await cli.run('token', 'airthings', '--account', 'boathouse')).toMatchObject({ code: 3, stdout: '' })
  const status = await cli.run('status', '--json')
  expect(status.code).toBe(3)
  expect(JSON.parse(status.stdout)).toMatchObject({
    accounts: [
      { vendor: 'airthings', account: 'boathouse', state: 'reauthorization-required', reason: 'invalid_grant' },
    ],
  })
})
