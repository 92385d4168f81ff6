import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export type Child = ChildProcessByStdio<Writable, Readable, Readable>

const CONDITION = '--conditions=@valetkey/source'

/** Runs a program of `test/processes` in a process of its own. `shell`: a command before it, e.g. `ulimit -f 1`. */
export function startChild(program: string, args: readonly string[], { shell }: { shell?: string } = {}): Child {
  const file = join(import.meta.dirname, '../processes', program, 'main.ts')
  const command = [process.execPath, CONDITION, file, ...args]
  const stdio = ['pipe', 'pipe', 'pipe'] as const
  if (shell === undefined) return spawn(command[0] ?? '', command.slice(1), { stdio: [...stdio] })
  return spawn('sh', ['-c', `${shell}; exec "$@"`, 'sh', ...command], { stdio: [...stdio] })
}

/** What the program writes, one JSON text per line. Rejects with what it wrote to stderr when it fails. */
export async function resultsOf(child: Child): Promise<unknown[]> {
  child.stdin.end()
  const results: unknown[] = []
  const complaints: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => void complaints.push(text))
  onLine(child, (line) => void results.push(JSON.parse(line)))
  await once(child, 'close')
  if (child.exitCode !== 0) throw new Error(`exit ${child.exitCode ?? child.signalCode}: ${complaints.join('')}`)
  return results
}

/** Whole lines only: what a killed process left unfinished is dropped. */
export function onLine(child: Pick<Child, 'stdout'>, listener: (line: string) => void): void {
  createInterface(child.stdout).on('line', listener)
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
}
