// What a program grows by, and how much later it starts. See ../README.md.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { spreadOf } from '../runner/numbers.ts'
import { progress } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { measure } from '../size/measure.ts'
import { PROGRAMS, type Weighed } from './programs.ts'
import { type SizeRow, sizeAndStart } from './section.ts'

const SHORT_ROUNDS = 9
const FULL_ROUNDS = 31

interface Start {
  readonly wallMs: number
  readonly cpuMs: number
}

/** The whole life of a process that evaluates this much. */
async function start(source: string): Promise<Start> {
  const startedAt = performance.now()
  const report = 'process.stdout.write(JSON.stringify(process.cpuUsage()))'
  const args = ['--input-type=module', '--eval', `${source};\n${report}`]
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${source} ended with ${String(code)}`)
  const { user, system } = JSON.parse(Buffer.concat(output).toString()) as NodeJS.CpuUsage
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
}

async function bytesOf(program: Weighed): Promise<Pick<SizeRow, 'bytes' | 'goalKb'>> {
  const { goalKb, isForNode } = program
  if (isForNode) return {}
  return { bytes: await measure(program), ...(goalKb !== undefined && { goalKb }) }
}

const options = sectionOptions()
const rounds = options.isFull ? FULL_ROUNDS : SHORT_ROUNDS
const starts = PROGRAMS.map((program) => ({ program, over: [] as Start[] }))
for (let round = 0; round < rounds; round += 1) {
  progress(`size and start-up: round ${round + 1} of ${rounds}`)
  const empty = await start('')
  for (const { program, over } of starts) {
    const { wallMs, cpuMs } = await start(program.source)
    over.push({ wallMs: wallMs - empty.wallMs, cpuMs: cpuMs - empty.cpuMs })
  }
}
const rows: SizeRow[] = []
for (const { program, over } of starts)
  rows.push({
    subject: program.name,
    ...(await bytesOf(program)),
    importMs: spreadOf(over.map(({ wallMs }) => wallMs)),
    importCpuMs: spreadOf(over.map(({ cpuMs }) => cpuMs)),
  })
printSection(sizeAndStart, rows, options)
