import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@valetkey-app/test-support/free-port'
import { describeWith } from '@valetkey-app/test-support/needs'
import { killProcess } from '@valetkey-app/test-support/processes'
import { createClient, type RedisClientType } from 'redis'

export const describeWithRedis = describeWith('redis-server', 'sudo apt-get install -y redis-server')

export interface RedisServer {
  readonly port: number
  /** Sends a command over a connection of its own. */
  command(...args: string[]): Promise<unknown>
  /** `kill -9`. */
  kill(): Promise<void>
  /** The server again, on the same port and with the same folder; `changes` replace options of the start. */
  restart(changes?: StartOptions): Promise<void>
  stop(): Promise<void>
}

interface StartOptions {
  /** Names and values of configuration settings. */
  readonly settings?: Readonly<Record<string, string>>
  /** What the server prints when it has started. */
  readonly ready?: string
  /** Makes it a Sentinel with this configuration. */
  readonly sentinel?: string
}

const READY = 'Ready to accept connections'
const ATTEMPTS = 5

/** On a free loopback port, with a folder of its own, nothing saved. */
export async function startRedis(options: StartOptions = {}): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-redis-'))
  let { child, port } = await launchAnywhere(folder, options)
  let admin: RedisClientType | undefined
  const kill = async (): Promise<void> => {
    admin?.destroy()
    admin = undefined
    await killProcess(child)
  }
  return {
    port,
    async command(...args) {
      admin ??= await openAdmin(port)
      return admin.sendCommand(args)
    },
    kill,
    async restart(changes) {
      await kill()
      child = await launch(folder, port, { ...options, ...changes })
    },
    async stop() {
      await kill()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Another program may take the port between the look and the start. */
async function launchAnywhere(folder: string, options: StartOptions): Promise<{ child: ChildProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    try {
      return { port, child: await launch(folder, port, options) }
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
    }
  }
}

async function launch(folder: string, port: number, options: StartOptions): Promise<ChildProcess> {
  const { settings, ready = READY, sentinel } = options
  const network = { port: String(port), bind: '127.0.0.1', dir: folder }
  const all = sentinel === undefined ? { ...network, save: '', 'repl-diskless-sync-delay': '0', ...settings } : network
  const file = join(folder, 'redis.conf')
  const lines = Object.entries(all).map(([name, value]) => `${name} "${value}"\n`)
  writeFileSync(file, `${lines.join('')}${sentinel ?? ''}`)
  const flags = sentinel === undefined ? [] : ['--sentinel']
  const child = spawn('redis-server', [file, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  const killChild = (): void => void child.kill('SIGKILL')
  process.once('exit', killChild)
  child.once('exit', () => process.off('exit', killChild))
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    if (printed.includes(ready)) {
      child.stdout.resume()
      return child
    }
  }
  throw new Error(`redis-server did not start:\n${printed}`)
}

async function openAdmin(port: number): Promise<RedisClientType> {
  const client: RedisClientType = createClient({ socket: { host: '127.0.0.1', port } })
  client.on('error', () => {})
  return client.connect()
}
