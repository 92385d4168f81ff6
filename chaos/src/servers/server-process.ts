import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { freePort } from '../port.ts'
import type { Reaper } from '../reaper.ts'

/** A server of a database; `crash` and `recover` as of `StoreServer`. */
export interface DatabaseServer {
  readonly port: number
  crash(): Promise<void>
  recover(): Promise<void>
}

export interface ServerCommand {
  readonly program: string
  args(port: number): readonly string[]
  /** What it prints when it can be used. */
  readonly ready: string
  readonly crashSignal: NodeJS.Signals
  readonly options?: SpawnOptions
}

const ATTEMPTS = 5

/** Starts it on a free loopback port; another program may take that port meanwhile. It ends with the reaper. */
export async function startServer(command: ServerCommand, reaper: Reaper): Promise<DatabaseServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    try {
      return running(command, reaper, port, await launch(command, reaper, port))
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

function running(command: ServerCommand, reaper: Reaper, port: number, first: ChildProcess): DatabaseServer {
  let child = first
  return {
    port,
    async crash() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill(command.crashSignal)
      await exited
    },
    async recover() {
      child = await launch(command, reaper, port)
    },
  }
}

async function launch(
  { program, args, ready, options }: ServerCommand,
  reaper: Reaper,
  port: number,
): Promise<ChildProcess> {
  const child = spawn(program, args(port), { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  reaper.watch(child)
  await once(child, 'spawn')
  return new Promise((resolve, reject) => {
    let printed = ''
    child.once('exit', () => reject(new Error(`${program} did not start:\n${printed}`)))
    const read = (chunk: unknown): void => {
      printed += String(chunk)
      if (!printed.includes(ready)) return
      for (const stream of outputs(child)) stream.off('data', read).resume()
      resolve(child)
    }
    for (const stream of outputs(child)) stream.on('data', read)
  })
}

function outputs(child: ChildProcess): Readable[] {
  return [child.stdout, child.stderr].filter((stream) => stream !== null)
}
