import { parseArguments } from './arguments.ts'
import { EXIT, usageError } from './cli-error.ts'
import type { CommandName, Run } from './command.ts'
import { COMMANDS } from './commands.ts'
import { ENDING_MS, unlessAbortedAfter } from './ending.ts'
import type { CommandIo, Io } from './io.ts'
import { createOutput, type Output } from './output.ts'

/**
 * Runs one command line. Never rejects: what goes wrong is printed.
 * @param argv the arguments after the program's name
 * @returns the exit code
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const output = createOutput(io, argv.includes('--json'))
  try {
    return await unlessAbortedAfter(io.signal, ENDING_MS, dispatch(argv, io, output))
  } catch (error) {
    const { reportError } = await import('./report-error.ts')
    return reportError(io.signal.aborted ? io.signal.reason : error, output)
  }
}

async function dispatch(argv: readonly string[], io: CommandIo, output: Output): Promise<number> {
  const [name = '--help', ...args] = argv
  if (name === '--version' || name === '-v') return await printVersion(output)
  if (name === '--help' || name === '-h' || name === 'help') return await printHelp(output, args[0])
  const command = COMMANDS.find((candidate) => candidate.name === name)
  if (command === undefined) throw usageError(`there is no command "${name}"; see: valetkey --help`)
  const parsed = parseArguments(command, args)
  if (parsed.flags.help) return await printHelp(output, name)
  const runCommand = await load(command.name)
  return (await runCommand({ io, output, ...parsed })) ?? EXIT.ok
}

/** Loaded when it runs: a start spends its time on opening files. The build puts all except the quickest into one file. */
async function load(name: CommandName): Promise<Run> {
  if (name === 'status') return (await import('./commands/status.ts')).run
  const { COMMAND_RUNS } = await import('./command-runs.ts')
  return COMMAND_RUNS[name]
}

async function printVersion(output: Output): Promise<number> {
  const { version } = await import('./version.ts')
  output.result({ version: version() }, version())
  return EXIT.ok
}

async function printHelp(output: Output, name: string | undefined): Promise<number> {
  const { helpOf, overview } = await import('./help.ts')
  const command = COMMANDS.find((candidate) => candidate.name === name)
  const text = command === undefined ? overview() : helpOf(command)
  output.result({ help: text }, ...text.split('\n'))
  return EXIT.ok
}
