import { simulators } from '@valetkey/testing/simulators'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from './support/needs.ts'
import { openTerminal, type Terminal } from './support/terminal.ts'

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
    terminal.type('valetkey login flume')
    await answer(terminal, /flume client id.*:$/m, FLUME.clientId)
    await answer(terminal, /flume client secret \(not shown\):$/m, FLUME.clientSecret)
    await answer(terminal, /flume username \(the e-mail address of the account\):$/m, FLUME.username)
    await answer(terminal, /flume password \(not shown\):$/m, FLUME.password)
    const shown = await terminal.shows(/Signed in to flume\./)
    expect(shown).toContain(FLUME.username)
    expect(shown).not.toMatch(/flume-client-secret|correct horse/)
    terminal.type(`valetkey fetch ${flume.baseUrl}/me; echo "exit $?"`)
    expect(await terminal.shows(/exit \d/)).toContain('exit 0')
  })

  test('keeps no password: without a refresh token somebody has to sign in again', async () => {
    const { terminal, flume } = await flumeTerminal()
    await signIn(terminal)
    flume.revokeGrants()
    terminal.type(`valetkey fetch ${flume.baseUrl}/me; echo "exit $?"`)
    const shown = await terminal.shows(/exit \d/)
    expect(shown).toContain('without "password", which is not kept; sign in again')
    expect(shown).toContain('Sign in with: valetkey login flume')
    expect(shown).toContain('exit 3')
  })

  test('tells a wrong password, and keeps the sign-in before', async () => {
    const { terminal, flume } = await flumeTerminal()
    await signIn(terminal)
    terminal.type('clear; valetkey login flume; echo "exit $?"')
    await answer(terminal, /client secret \(not shown\):$/m, FLUME.clientSecret)
    await answer(terminal, /password \(not shown\):$/m, 'wrong')
    expect(await terminal.shows(/exit \d/)).toContain('exit 4')
    terminal.type(`clear; valetkey fetch ${flume.baseUrl}/me; echo "exit $?"`)
    expect(await terminal.shows(/exit \d/)).toContain('exit 0')
  })

  test.each(['C-c', 'C-d'])('ends at %s, with the terminal as it was and nothing stored', async (key) => {
    const { terminal } = await flumeTerminal()
    terminal.type('valetkey login flume; echo "exit $?"')
    await answer(terminal, /client id.*:$/m, FLUME.clientId)
    await terminal.shows(/client secret \(not shown\):$/m)
    terminal.press(key)
    expect(await terminal.shows(/exit \d+/)).toContain('exit 130')
    terminal.type('valetkey status')
    await terminal.shows(/Nobody has signed in.*\n\$$/)
    terminal.type('stty -a | grep -o "[- ]echo "')
    await terminal.shows(/^ echo $/m)
  })

  test('takes an API key, and asks for another one the next time', async () => {
    const bluesonde = await simulators.bluesonde({ apiKey: API_KEY })
    onTestFinished(() => bluesonde.close())
    const terminal = openTerminal({ VALETKEY_BLUESONDE_ALLOW_INSECURE_REQUESTS: 'true' })
    onTestFinished(terminal.close)
    const fetchDevices = `clear; valetkey fetch -f ${bluesonde.baseUrl}/v1/devices; echo "exit $?"`
    terminal.type('valetkey login bluesonde --grant api-key')
    await answer(terminal, /api key .*not shown\):$/m, 'sk_test_mistyped')
    await answer(terminal, /base url .*:$/m, bluesonde.baseUrl)
    await terminal.shows(/Signed in to bluesonde\./)
    terminal.type(fetchDevices)
    expect(await terminal.shows(/exit \d/)).toContain('exit 7')
    terminal.type('clear; valetkey login bluesonde')
    await answer(terminal, /api key .*not shown\):$/m, API_KEY)
    await terminal.shows(/Signed in to bluesonde\./)
    terminal.type(fetchDevices)
    expect(await terminal.shows(/exit \d/)).toContain('exit 0')
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

async function signIn(terminal: Terminal): Promise<void> {
  terminal.type('valetkey login flume')
  await answer(terminal, /client id.*:$/m, FLUME.clientId)
  await answer(terminal, /client secret.*:$/m, FLUME.clientSecret)
  await answer(terminal, /username.*:$/m, FLUME.username)
  await answer(terminal, /password.*:$/m, FLUME.password)
  await terminal.shows(/Signed in to flume\./)
}

async function answer(terminal: Terminal, question: RegExp, text: string): Promise<void> {
  await terminal.shows(question)
  terminal.type(text)
}
