import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as airthings from '@valetkey/airthings'
import { redisStore } from '@valetkey/store-redis'
import { createClient } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { airthingsEnvironment, CLIENT, startAirthings } from './support/airthings.ts'
import { describeWith } from './support/needs.ts'
import { startRedis } from './support/servers.ts'

const PASSWORD = 'redis-password-canary'
const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/server-quickstart.md'), 'utf8')
const [, SERVER = ''] = /\n## 1\. The server\n.*?```ts\n(.*?)```/s.exec(PAGE) ?? []

/** Before the document's code: the vendor's hosts are the simulator's. Behind it: a request for each message. */
const BEFORE = `const network = globalThis.fetch
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init)
  const { host, pathname } = new URL(request.url)
  const { VALETKEY_AIRTHINGS_BASE_URL, VALETKEY_AIRTHINGS_TOKEN_URL } = process.env
  const base = host === 'accounts-api.airthings.com' ? VALETKEY_AIRTHINGS_TOKEN_URL : VALETKEY_AIRTHINGS_BASE_URL
  const response = await network(new Request(new URL(pathname, base), request))
  return Object.defineProperty(response, 'url', { value: request.url })
}
`
const AFTER = `
process.on('message', () => {
  const done = (result) => process.send(result)
  airthingsFetch('https://consumer-api.airthings.com/v1/accounts').then(({ status }) => done(status), ({ code }) => done(code))
})
process.send('started')
`

describeWith('redis-server', 'sudo apt-get install -y redis-server')('the server of docs/server-quickstart.md', () => {
  test('asks for a sign-in, goes on with its tokens, and outlives a lost connection to Redis', async () => {
    const simulator = await startAirthings({ redirectUris: ['http://127.0.0.1:8765/callback'] })
    const url = await startRedis(PASSWORD)
    const environment = { ...airthingsEnvironment(simulator), REDIS_URL: url }
    expect(await (await startServer(environment)).request()).toBe('not_signed_in')
    expect(simulator.requests).toEqual([])

    const desk = createClient({ url })
    await desk.connect()
    onTestFinished(() => desk.destroy())
    const credential = airthings.authorizationCode({
      ...CLIENT,
      redirectUri: 'http://127.0.0.1:8765/callback',
      store: redisStore(desk),
      fetch: (input, init) => fetch(simulator.tokenUrl, new Request(input, init)),
    })
    const { url: page, signIn } = await credential.beginSignIn()
    const consent = new URL(simulator.authorizationUrl)
    consent.search = page.search
    await credential.completeSignIn(simulator.approve(consent), signIn)
    const server = await startServer(environment)
    expect(await server.request()).toBe(200)

    await desk.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
    expect(await server.printed()).toContain('Redis: ')
    expect(await server.request()).toBe(200)
    expect(await server.printed()).not.toContain('canary')
  })
})

async function startServer(env: Readonly<Record<string, string>>) {
  const flags = ['--conditions=@valetkey/source', '--input-type=module-typescript', '--eval']
  const child = spawn(process.execPath, [...flags, BEFORE + SERVER + AFTER], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  const first = new Promise<void>((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      resolve()
    })
  })
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the server has ended:\n${printed}`)
  })
  ended.catch(() => undefined)
  const next = () => Promise.race([once(child, 'message').then(([result]: unknown[]) => result), ended])
  expect(await next()).toBe('started')
  return {
    /** The status of a request, or the code of its error. */
    request() {
      child.send('request')
      return next()
    },
    /** What it has said to its operator, once it has said something. */
    async printed() {
      await first
      return printed
    },
  }
}
