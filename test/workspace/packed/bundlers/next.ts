import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpath, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { run } from '../run.ts'
import { toolPath } from '../runtimes/tools.ts'

export interface NextServer extends AsyncDisposable {
  readonly url: string
}

const NEXT = 'node_modules/next/dist/bin/next'

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' }

/** Builds the Next.js program of a folder and starts it on a loopback port. */
export async function startNext(folder: string): Promise<NextServer> {
  for (const name of ['next', 'react', 'react-dom']) {
    await symlink(await realpath(toolPath(name)), join(folder, 'node_modules', name))
  }
  await run(process.execPath, [NEXT, 'build'], { cwd: folder, env })
  return serve(folder)
}

async function serve(folder: string): Promise<NextServer> {
  const child = spawn(process.execPath, [NEXT, 'start', '-p', '0', '-H', '127.0.0.1'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /Local:\s+(http:\S+)/.exec(line)?.[1]
    if (url !== undefined) return { url, [Symbol.asyncDispose]: () => stop() }
  }
  throw new Error('next start ended')

  async function stop() {
    child.kill()
    await exited
  }
}
