import { type DatabaseServer, startServer } from './server-process.ts'

/** Every write is on disk before it is acknowledged, so that a crash loses none. */
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '']

export function startRedis(folder: string): Promise<DatabaseServer> {
  return startServer({
    program: 'redis-server',
    args: (port) => ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...DURABLE],
    ready: 'Ready to accept connections',
    crashSignal: 'SIGKILL',
  })
}
