import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished } from 'vitest'

const ATTEMPTS = 5

/** @returns the URL of a Redis of its own, which asks for a password */
export async function startRedis(password: string): Promise<string> {
  const folder = newFolder()
  const port = await startOnFreePort((free) => {
    const args = [
      '--port',
      String(free),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--requirepass',
      password,
    ]
    return { child: spawn('redis-server', args), ready: 'Ready to accept connections' }
  })
  return `redis://:${password}@127.0.0.1:${port}`
}

const postgresFolder = [
  ...(process.env.PATH ?? '').split(delimiter),
  ...globSync('/usr/lib/postgresql/*/bin').toSorted().reverse(),
].find((folder) => globSync(join(folder, 'initdb')).length > 0)

/** `initdb` is often not on the PATH. */
export const INITDB: string = join(postgresFolder ?? '', 'initdb')

/** @returns the URL of a database of its own */
export async function startPostgres(): Promise<string> {
  const folder = newFolder()
  const user = serverUser()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const options = { ...user, cwd: folder }
  execFileSync(INITDB, ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...options,
    stdio: 'ignore',
  })
  const port = await startOnFreePort((free) => {
    const args = ['-D', folder, '-p', String(free), '-h', '127.0.0.1', '-k', folder, '-F']
    return { child: spawn(join(INITDB, '../postgres'), args, options), ready: 'ready to accept connections' }
  })
  return `postgres://postgres@127.0.0.1:${port}/postgres`
}

interface Started {
  readonly child: ChildProcess
  /** What it prints when it can be used. */
  readonly ready: string
}

/** Another program may take the port between the look and the start. */
async function startOnFreePort(start: (port: number) => Started): Promise<number> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const port = await freePort()
    const { child, ready } = start(port)
    onTestFinished(() => end(child))
    if (await prints(child, ready)) return port
  }
  throw new Error('the server did not start')
}

function prints(child: ChildProcess, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk
        if (printed.includes(text)) resolve(true)
      })
    }
    child.once('error', reject)
    child.once('exit', () => resolve(false))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Postgres refuses to run as root. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-server-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
