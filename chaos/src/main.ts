// `npm run chaos -- --store redis|postgres|file --processes 8 --minutes 1`: see docs/chaos.md.
import { type ChaosOptions, type Command, parseCommand } from './options.ts'
import { herdTableOf } from './report/herd-table.ts'
import { tableOf } from './report/table.ts'
import { runChaos } from './run-chaos.ts'
import { runHerd } from './run-herd.ts'
import { missingProgram } from './servers/needs.ts'

const HERD_ROUNDS = 20
const SHOWN_MAX = 50

// Processes and folders of a run go with this process, but only if it is not killed.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const { options, herd } = readCommand()
process.exitCode = herd === undefined ? await chaos(options) : await stampede(options, herd)

function readCommand(): Command {
  try {
    const command = parseCommand(process.argv.slice(2))
    const missing = missingProgram(command.options.store)
    if (missing === undefined) return command
    console.error(missing)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  }
  process.exit(2)
}

async function chaos(chaosOptions: ChaosOptions): Promise<number> {
  const { rows, failed, incidents, refusals } = await runChaos(chaosOptions)
  const happened = Object.entries({ ...incidents, 'refused by the API and renewed': refusals })
  const unexplained = [
    ...rows.flatMap((row) => row.unexplained),
    ...failed.map((name) => `process ${name} crashed or did not end`),
  ]
  console.log(`${tableOf(rows)}\n\n${happened.map(([what, count]) => `${what}: ${count}`).join(' · ')}`)
  for (const line of unexplained.slice(0, SHOWN_MAX)) console.log(line)
  for (const trace of rows.flatMap((row) => row.traces)) console.log(`\n${trace}`)
  return unexplained.length === 0 ? 0 : 1
}

async function stampede({ store, processes }: ChaosOptions, callers: number): Promise<number> {
  const herdOptions = { store, processes, callers, rounds: HERD_ROUNDS }
  const rounds = await runHerd(herdOptions)
  console.log(herdTableOf([{ options: herdOptions, rounds }]))
  return rounds.every(({ tokenCalls, generations }) => tokenCalls === 1 && generations === 1) ? 0 : 1
}
