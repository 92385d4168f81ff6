import { fork, spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Subject, titleOf } from './subjects.ts'

export type MeasurementName = 'time' | 'bytes' | 'loopback'

/** So large that no request of a batch is collected before the batch is counted. */
const YOUNG_GENERATION_MB = 256

const FLAGS: Readonly<Record<MeasurementName, readonly string[]>> = {
  time: [],
  bytes: [`--min-semi-space-size=${YOUNG_GENERATION_MB}`, `--max-semi-space-size=${YOUNG_GENERATION_MB}`],
  loopback: [],
}

/** What one request costs each of the subjects, measured by turns in one fresh process. */
export async function runChild(
  measurement: MeasurementName,
  subjects: readonly Subject[],
  origin: string,
): Promise<number[]> {
  const file = join(import.meta.dirname, 'child.ts')
  const titles = JSON.stringify(subjects.map(titleOf))
  const args = [...FLAGS[measurement], file, measurement, titles, origin]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  if (code !== 0) throw new Error(`measuring ${measurement} of ${titles} ended with ${String(code)}`)
  return JSON.parse(Buffer.concat(output).toString())
}

export interface LoopbackServer {
  readonly origin: string
  stop(): void
}

/** The API of the loopback measurement, in a process of its own. */
export async function startServer(): Promise<LoopbackServer> {
  const child = fork(join(import.meta.dirname, 'loopback-server.ts'))
  const origin = await new Promise((resolve, reject) => child.once('message', resolve).once('error', reject))
  return { origin: String(origin), stop: () => child.disconnect() }
}
