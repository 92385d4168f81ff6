import type { Reaper } from '../reaper.ts'
import { type DatabaseServer, type ServerCommand, startServer } from './server-process.ts'

/** Every write is on disk before it is acknowledged, so that a crash loses none. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']

export function startRedis(folder: string, reaper: Reaper): Promise<DatabaseServer> {
  const command: ServerCommand = {
    program: 'redis-server',
    args: (port) => ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...DURABLE],
    ready: 'Ready to accept connections',
    crashSignal: 'SIGKILL',
  }
  return startServer(command, reaper)
}
