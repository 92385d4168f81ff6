import { existsSync } from 'node:fs'
import { readEnvironment } from './environment.ts'
import { closeVendors, openVendors, runOnce, serve, type Terminal } from './run.ts'
import { SetupError } from './setup-error.ts'

const terminal: Terminal = {
  print: (text) => console.log(text),
  warn: (text) => console.error(text),
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--once')
  if (unknown !== undefined) throw new SetupError(`unknown argument "${unknown}"; the only one is --once`)
  if (existsSync('.env')) process.loadEnvFile()
  const { port, ...accounts } = readEnvironment(process.env)
  const vendors = await openVendors(accounts)
  try {
    if (args.includes('--once')) return await runOnce(vendors, terminal)
    await serve(vendors, terminal, { port, signal: endSignal() })
    return 0
  } finally {
    await closeVendors(vendors)
  }
}

/** Aborts on the first Ctrl-C; a second one ends the program at once. */
function endSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  terminal.warn(error.message)
  process.exitCode = 1
}
