import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TokenStore } from '@valetkey/core'
import { redisStore } from '@valetkey/store-redis'
import { createClient } from 'redis'

const READY = 'ready to accept connections at'

/** How to install it, where it is missing. */
export function missingRedis(): string | undefined {
  const { error } = spawnSync('redis-server', ['--version'])
  return error && 'redis-server is missing; install it with: sudo apt-get install -y redis-server'
}

export interface RedisServer extends AsyncDisposable {
  /** A socket in a folder of its own: no port that another program could take. */
  readonly socket: string
}

/** Keeps nothing on disk. @throws when it cannot be started */
export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-oidc-'))
  const socket = join(folder, 'redis.sock')
  const settings = ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder]
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'exit')
  await once(child, 'spawn')
  let isReady = false
  for await (const line of createInterface({ input: child.stdout })) {
    isReady = line.includes(READY)
    if (isReady) break
  }
  if (!isReady) throw new Error('redis-server did not start')
  child.stdout.resume()
  return {
    socket,
    async [Symbol.asyncDispose]() {
      kill()
      await exited
      process.off('exit', kill)
      rmSync(folder, { recursive: true })
    },
  }
}

export interface OpenStore {
  readonly store: TokenStore
  close(): void
}

export async function openStore(socket: string): Promise<OpenStore> {
  const client = createClient({ socket: { path: socket, tls: false } })
  const subscriber = client.duplicate()
  await Promise.all([client, subscriber].map((each) => each.connect()))
  const close = (): void => {
    client.destroy()
    subscriber.destroy()
  }
  return { store: redisStore(client, { subscriber }), close }
}
