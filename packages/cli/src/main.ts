#!/usr/bin/env node
import module from 'node:module'
import { constants } from 'node:os'

// Node 22.8 and newer: the next start need not compile. It only helps with what is imported after it.
module.enableCompileCache?.()

const { CliError } = await import('./cli-error.ts')
const { run } = await import('./run.ts')

const interrupted = new AbortController()

/** The first asks the command to end in order, the second ends the process: every write to a store is whole or absent. */
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const exitCode = 128 + constants.signals[signal]
    if (interrupted.signal.aborted) process.exit(exitCode)
    interrupted.abort(new CliError('interrupted', exitCode, 'interrupted'))
  })
}

// The reader of the output may end early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const { env, stdin, stdout, stderr } = process
const exitCode = await run(process.argv.slice(2), {
  env,
  cwd: process.cwd(),
  stdin,
  stdout,
  stderr,
  signal: interrupted.signal,
})
// A request that is still under way would keep an interrupted process alive.
if (interrupted.signal.aborted) process.exit(exitCode)
process.exitCode = exitCode
