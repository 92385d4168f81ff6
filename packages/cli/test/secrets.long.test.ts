import { findLeaks } from '@valetkey/testing'
import { expect, test } from 'vitest'
import { airthingsEnvironment, CLIENT, startAirthings } from './support/airthings.ts'
import { createCli } from './support/cli.ts'
import { open, pageOf, withParameters } from './support/sign-in-page.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

/** Status and body of the vendor's token endpoint, which repeats what it was sent. */
const echo = { on: 'token', bodyOf: ({ body }: { readonly body: string }) => ({ error_description: body }) } as const

test('no command but token prints a secret, whatever the vendor answers', async () => {
  const airthings = await startAirthings()
  const cli = createCli({ ...airthingsEnvironment(airthings), VALETKEY_KEY: KEY })
  const printed: string[] = []
  const note = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) =>
    printed.push(stdout, stderr)
  for (const status of [400, 401, 500, 200]) {
    const login = cli.start('login', 'airthings')
    const callback = airthings.approve(await pageOf(login))
    airthings.failNext({ ...echo, status })
    await open(callback)
    note(await login.ended)
  }
  const login = cli.start('login', 'airthings')
  const callback = airthings.approve(await pageOf(login))
  await open(withParameters(callback, { state: 'x'.repeat(43) }))
  await open(callback)
  note(await login.ended)
  const { stdout: accessToken } = await cli.run('token', 'airthings')
  const calls = [
    ['status'],
    ['fetch', '-i', `${airthings.baseUrl}/v1/accounts`],
    ['doctor'],
    ['vendors'],
    ['rotate-keys'],
  ]
  for (const args of calls) {
    note(await cli.run(...args))
    note(await cli.run(...args, '--json'))
  }
  airthings.revokeAll()
  airthings.failNext({ ...echo, status: 400, times: 3 })
  note(await cli.run('fetch', `${airthings.baseUrl}/v1/accounts`))
  note(await cli.run('logout', 'airthings'))
  const code = callback.searchParams.get('code') ?? ''
  const { refresh_token: refreshToken } = JSON.parse(
    airthings.requests.find(({ grantType }) => grantType === 'refresh_token')?.body ?? '',
  )
  expect(printed.join('')).toContain('Signed in to airthings')
  expect(findLeaks(printed.join(''), [CLIENT.clientSecret, KEY, accessToken.trim(), refreshToken, code])).toEqual([])
})
