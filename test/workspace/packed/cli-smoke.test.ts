import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, join } from 'node:path'
import { simulators } from '@valetkey/testing/simulators'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanEnvironment, createProject, type Project } from './project.ts'
import { run } from './run.ts'
import { toolPath } from './runtimes/tools.ts'

const STORES = ['store-encrypted', 'store-file', 'store-postgres', 'store-redis']
const VERSIONS = ['node20', 'node22', 'node24', 'node26']
const CLIENT = { clientId: 'harbour-office', clientSecret: 'm2m-secret' }

let project: Project

/** Somebody who installs the command line and one vendor. */
beforeAll(async () => {
  project = await createProject(['cli', 'core', 'fetch', 'm2m', 'oauth2', 'vendors', ...STORES])
})

afterAll(() => project[Symbol.asyncDispose]())

describe.concurrent.each(VERSIONS)('npx valetkey on %s', (version) => {
  test('signs in, prints the token, sends a request, checks, refreshes, serves others and signs out', async ({
    onTestFinished,
  }) => {
    const m2m = await simulators.m2m(CLIENT)
    onTestFinished(() => m2m.close())
    const env = {
      ...cleanEnvironment(),
      PATH: [toolPath(`${version}/bin`), process.env.PATH].join(delimiter),
      HOME: join(project.folder, version),
      VALETKEY_HOME: join(project.folder, version, 'valetkey'),
      VALETKEY_KEYCHAIN: 'off',
      VALETKEY_M2M_BASE_URL: m2m.baseUrl,
      VALETKEY_M2M_CLIENT_ID: CLIENT.clientId,
      VALETKEY_M2M_CLIENT_SECRET: CLIENT.clientSecret,
      VALETKEY_M2M_ALLOW_INSECURE_REQUESTS: 'true',
    }
    const options = { cwd: project.folder, env }
    const valetkey = (...args: string[]) => run(join(project.folder, 'node_modules/.bin/valetkey'), args, options)
    expect(await run('npx', ['--no-install', 'valetkey', '--version'], options)).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(await valetkey('vendors')).toMatch(/^github +GitHub +authorizationCode, deviceCode$/m)
    expect(await valetkey('login', 'm2m')).toContain('Signed in to m2m.')
    expect(JSON.parse(await valetkey('status', '--json'))).toMatchObject({
      accounts: [{ vendor: 'm2m', state: 'ready' }],
    })
    expect(await valetkey('token', 'm2m')).toMatch(/^\S+\n$/)
    expect(await valetkey('fetch', '--fail', `${m2m.baseUrl}/v1/items`)).toContain('items')
    expect(JSON.parse(await valetkey('doctor', '--json')).checks).toContainEqual(
      expect.objectContaining({ subject: 'm2m (default)', state: 'ok' }),
    )
    expect(JSON.parse(await valetkey('refresh', '--all', '--json'))).toEqual({
      accounts: [{ vendor: 'm2m', account: 'default', outcome: 'not_needed' }],
    })
    const proxy = spawn(join(project.folder, 'node_modules/.bin/valetkey'), ['proxy', 'm2m'], options)
    onTestFinished(() => void proxy.kill('SIGKILL'))
    const [address] = await once(proxy.stdout, 'data')
    const answer = await fetch(`${String(address).trim()}/${m2m.baseUrl.replace('://', '/')}/v1/items`)
    expect(await answer.json()).toHaveProperty('items')
    proxy.kill('SIGTERM')
    expect(await once(proxy, 'exit')).toEqual([143, null])
    expect(await valetkey('logout', 'm2m')).toContain('Signed out of m2m.')
    expect(m2m.tokenCalls()).toBe(1)
  })
})
