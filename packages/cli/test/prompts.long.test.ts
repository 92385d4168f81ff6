import { simulators } from '@valetkey/testing/simulators'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from './support/needs.ts'
import { openTerminal, type Terminal } from './support/terminal.ts'
import { CLIENT_ID, CLIENT_SECRET, startTokenServer } from './support/token-server.ts'

const FLUME = {
  clientId: 'flume-client',
  clientSecret: 'flume-client-secret',
  username: 'robin@example.com',
  password: 'correct horse battery staple',
}
const API_KEY = 'sk_test_0123456789abcdef'

const describeWithTerminal = describeWith('tmux', 'sudo apt-get install -y tmux')

describeWithTerminal('in a terminal, valetkey login', () => {
  test('asks for what it needs, shows no secret while it is typed, and has tokens then', async () => {
    const { terminal, flume } = await flumeTerminal()
    const shown = await signIn(terminal)
    expect(shown).toContain(FLUME.username)
    expect(shown).not.toMatch(/flume-client-secret|correct horse/)
    expect(await runIn(terminal, `valetkey fetch ${flume.baseUrl}/me`)).toMatchObject({ code: 0 })
  })

  test('keeps no password: without a refresh token somebody has to sign in again', async () => {
    const { terminal, flume } = await flumeTerminal()
    await signIn(terminal)
    flume.revokeGrants()
    const { code, shown } = await runIn(terminal, `valetkey fetch ${flume.baseUrl}/me`)
    expect(code).toBe(3)
    expect(shown).toContain('without "password", which is not kept; sign in again')
    expect(shown).toContain('Sign in with: valetkey login flume')
  })

  test('tells a wrong password, and keeps the sign-in before', async () => {
    const { terminal, flume } = await flumeTerminal()
    await signIn(terminal)
    const login = runIn(terminal, 'valetkey login flume')
    await answer(terminal, /client secret \(not shown\):$/, FLUME.clientSecret)
    await answer(terminal, /password \(not shown\):$/, 'wrong')
    expect(await login).toMatchObject({ code: 4 })
    expect(await runIn(terminal, `valetkey fetch ${flume.baseUrl}/me`)).toMatchObject({ code: 0 })
  })

  test.each(['C-c', 'C-d'])('ends at %s, with the terminal as it was and nothing stored', async (key) => {
    const { terminal } = await flumeTerminal()
    const login = runIn(terminal, 'valetkey login flume')
    await answer(terminal, /client id.*:$/, FLUME.clientId)
    await terminal.shows(/client secret \(not shown\):$/)
    terminal.press(key)
    expect(await login).toMatchObject({ code: 130 })
    expect((await runIn(terminal, 'valetkey status')).shown).toContain('No user has signed in')
    expect(await runIn(terminal, 'stty -a | grep -q " echo "')).toMatchObject({ code: 0 })
  })

  test('takes an API key, and asks for another one the next time', async () => {
    const bluesonde = await simulators.bluesonde({ apiKey: API_KEY })
    onTestFinished(() => bluesonde.close())
    const terminal = openTerminal({ VALETKEY_BLUESONDE_ALLOW_INSECURE_REQUESTS: 'true' })
    onTestFinished(terminal.close)
    const fetchDevices = `valetkey fetch -f ${bluesonde.baseUrl}/v1/devices`
    const mistyped = runIn(terminal, 'valetkey login bluesonde --grant api-key')
    await answer(terminal, /api key .*not shown\):$/, 'sk_test_mistyped')
    await answer(terminal, /base url .*:$/, bluesonde.baseUrl)
    expect(await mistyped).toMatchObject({ code: 0 })
    expect(await runIn(terminal, fetchDevices)).toMatchObject({ code: 7 })
    const login = runIn(terminal, 'valetkey login bluesonde')
    await answer(terminal, /api key .*not shown\):$/, API_KEY)
    expect(await login).toMatchObject({ code: 0 })
    expect(await runIn(terminal, fetchDevices)).toMatchObject({ code: 0 })
  })
})

describeWithTerminal('in a terminal, valetkey login of a vendor of the catalogue', () => {
  test('asks for what it needs, and keeps the secret encrypted for the next token', async () => {
    const { terminal, server } = await shopifyTerminal()
    const login = runIn(terminal, 'valetkey login shopify --grant client-credentials')
    await answer(terminal, /shopify client id:$/, CLIENT_ID)
    await answer(terminal, /shopify client secret \(not shown\):$/, CLIENT_SECRET)
    await answer(terminal, /shopify shop \(the name of the shop: .*\):$/, 'boats')
    const { shown } = await login
    expect(shown).toContain('Signed in to shopify.')
    expect(shown).not.toContain(CLIENT_SECRET)
    server.expire()
    expect(await runIn(terminal, `valetkey fetch -f ${server.origin}/shop.json`)).toMatchObject({ code: 0 })
    expect(server.grantTypes).toHaveLength(2)
    expect(await runIn(terminal, `grep -rE '${CLIENT_SECRET}|access-[12]' $VALETKEY_HOME`)).toMatchObject({ code: 1 })
  })
})

async function shopifyTerminal() {
  const server = await startTokenServer()
  const terminal = openTerminal({
    VALETKEY_SHOPIFY_BASE_URL: server.origin,
    VALETKEY_SHOPIFY_TOKEN_URL: `${server.origin}/token`,
    VALETKEY_SHOPIFY_ALLOW_INSECURE_REQUESTS: 'true',
  })
  onTestFinished(terminal.close)
  return { terminal, server }
}

describeWithTerminal('in a terminal, valetkey doctor --repair', () => {
  test('asks before it removes a damaged record, and keeps it unless the answer is yes', async () => {
    const { terminal } = await flumeTerminal()
    await signIn(terminal)
    expect(await runIn(terminal, 'for record in $VALETKEY_HOME/tokens/*/*.record; do : > $record; done')).toMatchObject(
      {
        code: 0,
      },
    )
    const question = /Remove this record\? flume \(default\) has to sign in again\. \(yes or no\):$/
    for (const [typed, shows] of [
      ['no', 'is empty or damaged'],
      ['yes', 'removed; sign in again with: valetkey login flume'],
    ] as const) {
      const repair = runIn(terminal, 'clear; valetkey doctor --repair')
      await answer(terminal, question, typed)
      expect((await repair).shown.replaceAll(/\s+/g, ' ')).toContain(shows)
    }
  })
})

async function flumeTerminal() {
  const flume = await simulators.flume(FLUME)
  onTestFinished(() => flume.close())
  const terminal = openTerminal({
    VALETKEY_FLUME_BASE_URL: flume.baseUrl,
    VALETKEY_FLUME_ALLOW_INSECURE_REQUESTS: 'true',
  })
  onTestFinished(terminal.close)
  return { terminal, flume }
}

/** Until the shell asks again: what is typed before belongs to the program that ends. */
async function signIn(terminal: Terminal): Promise<string> {
  const login = runIn(terminal, 'valetkey login flume')
  await answer(terminal, /flume client id.*:$/, FLUME.clientId)
  await answer(terminal, /flume client secret \(not shown\):$/, FLUME.clientSecret)
  await answer(terminal, /flume username \(the e-mail address of the account\):$/, FLUME.username)
  await answer(terminal, /flume password \(not shown\):$/, FLUME.password)
  const { shown } = await login
  expect(shown).toContain('Signed in to flume.')
  return shown
}

async function answer(terminal: Terminal, question: RegExp, text: string): Promise<void> {
  await terminal.shows(question)
  terminal.type(text)
}

/** Runs a command that may ask questions; resolves when it has ended, with its exit code and all that is shown then. */
async function runIn(terminal: Terminal, command: string): Promise<{ readonly code: number; readonly shown: string }> {
  const mark = crypto.randomUUID()
  terminal.type(`${command}; echo ${mark} $?`)
  const shown = await terminal.shows(new RegExp(`^${mark} \\d+$`, 'm'))
  return { code: Number(shown.split(`\n${mark} `)[1]?.split('\n')[0]), shown }
}
