import { describe, expect, test } from 'vitest'
import { airthingsEnvironment, startAirthings } from './support/airthings.ts'
import { createCli } from './support/cli.ts'

describe('a vendor with client credentials', () => {
  test('is signed in to, shown, used and signed out of', async () => {
    const airthings = await startAirthings()
    const { start } = createCli(airthingsEnvironment(airthings))
    const cli = { run: (...args: readonly string[]) => start(...args).ended }
    const login = await cli.run('login', 'airthings', '--grant', 'client-credentials')
    expect(login).toMatchObject({ code: 0, stdout: expect.stringContaining('Signed in to airthings.') })

    const status = await cli.run('status')
    expect(status.stdout).toMatch(/airthings +default +ready +2 h 59 min +- +this machine/)

    const token = await cli.run('token', 'airthings')
    expect(token.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)

    const fetched = await cli.run('fetch', `${airthings.baseUrl}/v1/accounts`)
    expect(fetched).toMatchObject({ code: 0, stdout: expect.stringContaining('accounts') })
    expect(airthings.tokenCalls()).toBe(1)

    expect((await cli.run('logout', 'airthings')).code).toBe(0)
    expect((await cli.run('status')).stderr).toContain('No user has signed in')
    expect((await cli.run('token', 'airthings')).code).toBe(3)
  })

  test('needs no login where the environment names the grant and brings all that it takes', async () => {
    const airthings = await startAirthings()
    const cli = createCli({ ...airthingsEnvironment(airthings), VALETKEY_AIRTHINGS_GRANT: 'client-credentials' })
    expect((await cli.run('status')).stdout).toMatch(/airthings +default +renewable/)
    expect(await cli.run('fetch', `${airthings.baseUrl}/v1/accounts`)).toMatchObject({ code: 0 })
    expect((await cli.run('status')).stdout).toMatch(/airthings +default +ready/)
  })
})
