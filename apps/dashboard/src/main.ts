import { existsSync } from 'node:fs'
import { runOnce, type Terminal } from './once/run.ts'
import { type Environment, readEnvironment } from './vendors/environment.ts'
import { closeVendors, openVendors } from './vendors/open.ts'
import { SetupError } from './vendors/setup-error.ts'
import { announce, serve } from './web/serve.ts'

const OPTIONS = ['--once', '--json']

async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const unknown = args.find((arg) => !OPTIONS.includes(arg))
  if (unknown !== undefined) throw new SetupError(`unknown argument "${unknown}"; there are ${OPTIONS.join(' and ')}`)
  const [isOnce, asJson] = OPTIONS.map((option) => args.includes(option))
  if (asJson && !isOnce) throw new SetupError('--json goes with --once: npm start --silent -- --once --json')
  if (existsSync('.env')) process.loadEnvFile()
  const environment = readEnvironment(process.env)
  if (!isOnce) return serveUntilEnd(environment, terminal)
  const vendors = await openVendors(environment)
  try {
    return await runOnce(vendors, terminal, { asJson })
  } finally {
    await closeVendors(vendors)
  }
}

async function serveUntilEnd(environment: Environment, terminal: Terminal): Promise<number> {
  const ended = endSignal()
  const page = new URL('page/', import.meta.url)
  const served = await serve({ environment, page, second: { file: new URL('second.js', import.meta.url) } })
  announce(served, terminal)
  await ended
  await served.close()
  return 0
}

/** Resolves on the first Ctrl-C; a second one ends the program at once. */
function endSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve())
  })
}

/** https://no-color.org and https://force-color.org; the latter wins, as it does in Node. */
function hasColor({ FORCE_COLOR: forced, NO_COLOR: none, TERM: terminal }: NodeJS.ProcessEnv): boolean {
  if (forced !== undefined) return !['0', 'false'].includes(forced)
  return !none && terminal !== 'dumb' && process.stdout.isTTY
}

const terminal: Terminal = {
  print: (text) => console.log(text),
  warn: (text) => console.error(text),
  hasColor: hasColor(process.env),
}

try {
  process.exitCode = await main(process.argv.slice(2), terminal)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  terminal.warn(error.message)
  process.exitCode = 1
}
