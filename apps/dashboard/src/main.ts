import { existsSync } from 'node:fs'
import { runOnce, type Terminal } from './once/run.ts'
import { type Environment, readEnvironment } from './vendors/environment.ts'
import { closeVendors, openVendors } from './vendors/open.ts'
import { SetupError } from './vendors/setup-error.ts'
import { announce, serve } from './web/serve.ts'

const terminal: Terminal = {
  print: (text) => console.log(text),
  warn: (text) => console.error(text),
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--once')
  if (unknown !== undefined) throw new SetupError(`unknown argument "${unknown}"; the only one is --once`)
  if (existsSync('.env')) process.loadEnvFile()
  const environment = readEnvironment(process.env)
  if (!args.includes('--once')) return serveUntilEnd(environment)
  const vendors = await openVendors(environment)
  try {
    return await runOnce(vendors, terminal)
  } finally {
    await closeVendors(vendors)
  }
}

async function serveUntilEnd(environment: Environment): Promise<number> {
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

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  terminal.warn(error.message)
  process.exitCode = 1
}
