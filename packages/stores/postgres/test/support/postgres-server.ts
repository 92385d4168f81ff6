import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { accessSync, chownSync, constants, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@valetkey-app/test-support/free-port'
import { endProcess } from '@valetkey-app/test-support/processes'
import { Client } from 'pg'
import { describe } from 'vitest'

export interface PostgresServer {
  readonly port: number
  /** Runs statements over a connection of its own. Resolves with the rows. */
  run(text: string): Promise<Record<string, unknown>[]>
  /** `kill -9` to a session: the server ends all others, throws its memory away and recovers from its log. */
  crash(): Promise<void>
  /** Makes a user that has to give this password. */
  askForPassword(user: string, password: string): Promise<void>
  /** The server again, on the same port and with the same data; sessions are ended as in a planned restart. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export const DATABASE = { host: '127.0.0.1', user: 'postgres', database: 'postgres' } as const

const ATTEMPTS = 5
const folders = [
  ...(process.env.PATH ?? '').split(delimiter),
  ...globSync('/usr/lib/postgresql/*/bin').toSorted().reverse(),
]
const programs = folders.find(
  (folder) => isExecutable(join(folder, 'initdb')) && isExecutable(join(folder, 'postgres')),
)

/**
 * `describe` for tests that start a Postgres. Without one they are skipped and their title says how to install it; in
 * continuous integration they fail.
 */
export function describeWithPostgres(title: string, define: () => void): void {
  const isMissing = programs === undefined
  const problem = 'initdb is missing; install it with: sudo apt-get install -y postgresql'
  if (isMissing && process.env.CI === 'true') throw new Error(problem)
  describe.skipIf(isMissing)(`${title}${isMissing ? ` (${problem})` : ''}`, () => {
    define()
  })
}

/** A new database on a free loopback port, in a folder of its own. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-postgres-'))
  const user = serverUser()
  if (user) chownSync(folder, user.uid, user.gid)
  const initdb = ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await promisify(execFile)(join(programs ?? '', 'initdb'), initdb, { ...user, cwd: folder })
  const launched = await launchAnywhere(folder)
  const { port } = launched
  let { child } = launched
  let admin: Client | undefined
  const server: PostgresServer = {
    port,
    async run(text) {
      admin ??= await openAdmin(port)
      return (await admin.query(text)).rows
    },
    async crash() {
      const sessions = await server.run(
        'select pid from pg_stat_activity where pid <> pg_backend_pid() and datname is not null',
      )
      admin = undefined
      process.kill(Number(sessions[0]?.pid), 'SIGKILL')
    },
    async askForPassword(user, password) {
      const file = join(folder, 'pg_hba.conf')
      const rule = `host all ${user} 127.0.0.1/32 scram-sha-256\n`
      if (readFileSync(file, 'utf8').includes(rule)) return
      writeFileSync(file, `${rule}${readFileSync(file, 'utf8')}`)
      await server.run(`create role ${user} login password '${password}'; select pg_reload_conf()`)
    },
    async restart() {
      await admin?.end()
      admin = undefined
      await endProcess(child, 'SIGINT')
      child = await launch(folder, port)
    },
    async stop() {
      await admin?.end()
      await endProcess(child, 'SIGQUIT')
      rmSync(folder, { recursive: true })
    },
  }
  return server
}

/** Another program may take the port between the look and the start. */
async function launchAnywhere(folder: string): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    try {
      return { port, child: await launch(folder, port) }
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

async function launch(folder: string, port: number): Promise<ChildProcess> {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    shared_buffers: '16MB',
    max_connections: 100,
    logging_collector: 'off',
    lc_messages: 'C',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(programs ?? '', 'postgres'), ['-D', folder, ...flags], {
    ...serverUser(),
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const killChild = (): void => void child.kill('SIGQUIT')
  process.once('exit', killChild)
  child.once('exit', () => process.off('exit', killChild))
  let printed = ''
  for await (const chunk of child.stderr) {
    printed += String(chunk)
    if (printed.includes('ready to accept connections')) {
      child.stderr.resume()
      return child
    }
  }
  throw new Error(`postgres did not start:\n${printed}`)
}

async function openAdmin(port: number): Promise<Client> {
  const client = new Client({ ...DATABASE, port })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** Postgres refuses to run as root. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
