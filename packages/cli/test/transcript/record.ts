import { simulators } from '@valetkey/testing/simulators'
import { openTerminal, type Terminal } from '../support/terminal.ts'

const CLIENT = { clientId: '00000000-0000-4000-8000-000000000000', clientSecret: 'airthings-client-secret' }
/** Short enough to wait for, long enough for a few commands on a busy machine. */
const TOKEN_LIFE_S = 12
const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='

/**
 * What a person sees who signs in at a (simulated) Airthings, sends a request, waits until the token has expired and sends
 * another one: the content of a terminal, without what differs from run to run.
 */
export async function recordTranscript(): Promise<string> {
  const airthings = await simulators.airthings({
    ...CLIENT,
    redirectUris: ['http://127.0.0.1/callback'],
    anyLoopbackPort: true,
    expiresIn: TOKEN_LIFE_S,
  })
  const { baseUrl, tokenUrl, authorizationUrl } = airthings
  const terminal = openTerminal({
    VALETKEY_KEY: KEY,
    VALETKEY_AIRTHINGS_BASE_URL: baseUrl,
    VALETKEY_AIRTHINGS_TOKEN_URL: tokenUrl,
    VALETKEY_AIRTHINGS_AUTHORIZATION_URL: authorizationUrl,
    VALETKEY_AIRTHINGS_ALLOW_INSECURE_REQUESTS: 'true',
  })
  try {
    await signIn(terminal, airthings)
    const commands = [
      'valetkey status',
      `valetkey fetch ${baseUrl}/v1/accounts`,
      `sleep ${TOKEN_LIFE_S}`,
      'valetkey status',
      `valetkey fetch ${baseUrl}/v1/accounts`,
      'valetkey status',
      'valetkey logout airthings',
    ]
    for (const command of commands) await enter(terminal, command)
    const [page = ''] = /http\S+authorize\S+/.exec(await terminal.shows(/Signed out/)) ?? []
    const hosts = [authorizationUrl, baseUrl, new URL(page).searchParams.get('redirect_uri') ?? '']
    return masked(
      await terminal.shows(/\n\$$/),
      hosts.map((url) => new URL(url).host),
    )
  } finally {
    terminal.close()
    await airthings.close()
  }
}

async function signIn(terminal: Terminal, airthings: Awaited<ReturnType<typeof simulators.airthings>>): Promise<void> {
  await terminal.shows(/^\$$/m)
  terminal.type('valetkey login airthings')
  await terminal.shows(/client id .*:$/)
  terminal.type(CLIENT.clientId)
  await terminal.shows(/client secret .*:$/)
  terminal.type(CLIENT.clientSecret)
  const [, page = ''] = /^(http\S+)$/m.exec(await terminal.shows(/Waiting …$/m)) ?? []
  await fetch(airthings.approve(page))
  await terminal.shows(/Signed in[\s\S]*\n\$$/)
}

/** Types a command and waits for the next prompt. */
async function enter(terminal: Terminal, command: string): Promise<void> {
  const prompts = (await terminal.shows(/\$$/)).match(/^\$/gm)?.length ?? 0
  terminal.type(command)
  await terminal.shows(new RegExp(`^(?:[\\s\\S]*^\\$){${prompts + 1}}(?![\\s\\S])`, 'm'))
}

const FIRST_PORT = 4101

/** With stable ports, times and random values. */
function masked(text: string, hosts: readonly string[]): string {
  const withPorts = hosts.reduce((result, host, index) => {
    const stable = `127.0.0.1:${FIRST_PORT + index}`
    return result.replaceAll(host, stable).replaceAll(encodeURIComponent(host), encodeURIComponent(stable))
  }, text)
  const left = `${TOKEN_LIFE_S - 2} s`
  return (
    withPorts
      .replaceAll(/\b(state|code_challenge)=[\w-]+/g, '$1=…')
      .replaceAll(/\b(?!0{8})[\da-f]{8}-[\da-f]{4}-[\da-f-]{22}/g, '…')
      // In a table, a shorter number has a longer padding.
      .replaceAll(
        /\b\d+ s\b( {2,})?/g,
        (time, padding = '') => left + padding.slice(Math.max(0, left.length - time.trimEnd().length)),
      )
      .replace(/\n\$$/, '')
  )
}
