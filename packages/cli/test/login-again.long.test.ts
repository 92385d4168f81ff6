import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileStore } from '@valetkey/store-file'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createCli } from './support/cli.ts'
import { describeWith } from './support/needs.ts'
import { openTerminal } from './support/terminal.ts'

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

describe('valetkey login of an account that is signed in', () => {
  test('takes other ids from the environment, keeps them, and removes the tokens of those before', async () => {
    const { cli, store } = await world()
    const login = (id: string, ...args: readonly string[]) =>
      cli.with({ VALETKEY_ACME_CLIENT_ID: id, VALETKEY_ACME_CLIENT_SECRET: 'right' }).start('login', 'acme', ...args)
        .ended
    expect(await login('first', '--scope', 'read')).toMatchObject({ code: 0 })
    expect(await token(cli)).toBe('first.read\n')
    expect(await login('second')).toMatchObject({ code: 0 })
    expect(await token(cli)).toBe('second.read\n')
    expect(await login('second', '--scope', 'write')).toMatchObject({ code: 0 })
    expect(await token(cli)).toBe('second.write\n')
    expect(await login('second', '--again')).toMatchObject({ code: 0 })
    expect(await token(cli)).toBe('second.\n')
    expect(await store()).toHaveLength(2)
  })

  test('takes nothing required from the login before with --again', async () => {
    const { cli } = await world()
    const withSecret = cli.with({ VALETKEY_ACME_CLIENT_SECRET: 'right' })
    const first = withSecret.with({ VALETKEY_ACME_CLIENT_ID: 'first' })
    expect(await first.start('login', 'acme').ended).toMatchObject({ code: 0 })
    expect(await withSecret.start('login', 'acme').ended).toMatchObject({ code: 0 })
    const again = await withSecret.start('login', 'acme', '--again').ended
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('set VALETKEY_ACME_CLIENT_ID, or run this'),
    })
    expect(await token(cli)).toBe('first.\n')
  })

  test('leaves settings and tokens as they were when the new sign-in fails', async () => {
    const { cli, store } = await world()
    const first = cli.with({ VALETKEY_ACME_CLIENT_ID: 'first', VALETKEY_ACME_CLIENT_SECRET: 'right' })
    expect(await first.start('login', 'acme', '--scope', 'read').ended).toMatchObject({ code: 0 })
    const before = await store()
    const wrong = cli.with({ VALETKEY_ACME_CLIENT_ID: 'second', VALETKEY_ACME_CLIENT_SECRET: 'wrong' })
    expect(await wrong.start('login', 'acme', '--again', '--scope', 'write').ended).toMatchObject({ code: 4 })
    expect(await store()).toEqual(before)
    expect(await token(cli)).toBe('first.read\n')
  })
})

describeWith('tmux', 'sudo apt-get install -y tmux')('in a terminal, valetkey login --again', () => {
  test('asks for client id and secret, and uses them from then on', async () => {
    const origin = await startVendor()
    const terminal = openTerminal({
      VALETKEY_KEY: KEY,
      VALETKEY_SPOTIFY_BASE_URL: origin,
      VALETKEY_SPOTIFY_TOKEN_URL: `${origin}/token`,
      VALETKEY_SPOTIFY_ALLOW_INSECURE_REQUESTS: 'true',
    })
    onTestFinished(terminal.close)
    for (const [count, [id, args]] of [
      ['first', '--grant client-credentials'],
      ['second', '--again'],
    ].entries()) {
      terminal.type(`clear; valetkey login spotify ${args}; echo ended ${count} $?`)
      await terminal.shows(/spotify client id.*:$/)
      terminal.type(id ?? '')
      await terminal.shows(/spotify client secret.*not shown\):$/)
      terminal.type('right')
      await terminal.shows(new RegExp(`^ended ${count} 0$`, 'm'))
      terminal.type('clear; valetkey token spotify')
      expect(await terminal.shows(new RegExp(`^${id}`, 'm'))).toContain(`${id}.`)
    }
  })
})

/** The account's secret is kept, as it is typed in where no variable has it. */
async function token(cli: ReturnType<typeof createCli>): Promise<string> {
  const ended = await cli.with({ VALETKEY_ACME_CLIENT_SECRET: 'right' }).start('token', 'acme').ended
  return ended.code === 0 ? ended.stdout : ended.stderr
}

async function world() {
  const origin = await startVendor()
  const cli = createCli({ VALETKEY_KEY: KEY }).trusting()
  cli.write('valetkey.config.json', {
    vendors: {
      acme: {
        package: '@valetkey/oauth2',
        grant: 'clientCredentials',
        origins: [origin],
        tokenUrl: `${origin}/token`,
        allowInsecureRequests: true,
      },
    },
  })
  return { cli, store: () => recordsIn(cli.home) }
}

/** Keys and versions of what this machine's store holds. */
async function recordsIn(home: string): Promise<string[]> {
  const store = fileStore({ path: `${home}/tokens`, keys: [{ id: 'key', key: KEY }] })
  const found: string[] = []
  for await (const key of store.list()) found.push(`${key} ${(await store.get(key)).version}`)
  return found.toSorted()
}

/** Gives tokens that tell their client and scopes to who knows the secret. */
async function startVendor(): Promise<string> {
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? []
    const [id, secret] = atob(basic).split(':')
    const parameters = new URLSearchParams(await text(request))
    const isRight = (secret ?? parameters.get('client_secret')) === 'right'
    const token = `${id || parameters.get('client_id')}.${parameters.get('scope') ?? ''}`
    const answer = isRight
      ? { access_token: token, token_type: 'Bearer', expires_in: 3600 }
      : { error: 'invalid_client' }
    response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  }
  const server = createServer((request, response) => void reply(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
