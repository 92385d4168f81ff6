import { type ExecFileOptions, execFile } from 'node:child_process'
import { chownSync, globSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Reaper } from '../reaper.ts'
import { findProgram } from './find-program.ts'
import { type DatabaseServer, type ServerCommand, startServer } from './server-process.ts'

const SETTINGS = { listen_addresses: '127.0.0.1', max_connections: '100' }

/** SIGQUIT is an immediate shutdown: what was committed comes back from the write-ahead log. */
export async function startPostgres(folder: string, reaper: Reaper): Promise<DatabaseServer> {
  const options = { ...(await ownerOf(folder)), cwd: folder }
  const initdb = ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await run(findPostgres('initdb') ?? 'initdb', initdb, options)
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: folder })
  const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const command: ServerCommand = {
    program: findPostgres('postgres') ?? 'postgres',
    args: (port) => ['-D', folder, '-p', String(port), ...flags],
    ready: 'database system is ready to accept connections',
    crashSignal: 'SIGQUIT',
    options,
  }
  return startServer(command, reaper)
}

/** Debian keeps the programs of the server off the PATH. */
export function findPostgres(program: 'initdb' | 'postgres'): string | undefined {
  return findProgram(program) ?? globSync(`/usr/lib/postgresql/*/bin/${program}`).toSorted().at(-1)
}

/** PostgreSQL refuses to run as root: then it runs as its own user, who gets the folder. */
async function ownerOf(folder: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid = 0, gid = 0] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number(await run('id', [flag, 'postgres']))),
  )
  chownSync(folder, uid, gid)
  return { uid, gid }
}

async function run(program: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { ...options, encoding: 'utf8' })
  return stdout
}
