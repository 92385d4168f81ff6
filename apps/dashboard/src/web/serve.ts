import { type Dashboard, openDashboard } from '../live/dashboard.ts'
import type { Durations } from '../live/durations.ts'
import type { SecondProgram } from '../live/second-process.ts'
import type { Terminal } from '../once/run.ts'
import type { Environment } from '../vendors/environment.ts'
import { createApp } from './app.ts'
import { readPageFiles } from './page-files.ts'
import { startServer } from './server.ts'
import { createStateStream } from './state-stream.ts'

export interface ServeOptions {
  readonly environment: Pick<Environment, 'port'> & Partial<Environment>
  /** The built page. */
  readonly page: URL
  readonly second: SecondProgram
  readonly durations?: Durations | undefined
}

export interface Served {
  readonly origin: string
  readonly dashboard: Dashboard
  close(): Promise<void>
}

/**
 * Starts the vendors and serves the page.
 * @throws SetupError if the port is not to be had, before anything is asked of a vendor
 */
export async function serve({ environment, page, second, durations }: ServeOptions): Promise<Served> {
  const { port, redisUrl, databaseUrl, ...accounts } = environment
  const files = await readPageFiles(page)
  const server = await startServer(port)
  const { origin } = server
  try {
    const dashboard = await openDashboard({ accounts, redisUrl, databaseUrl, origin, second, durations })
    const stream = createStateStream(dashboard)
    server.serve(createApp({ origin, dashboard, files, stream }))
    return {
      origin,
      dashboard,
      async close() {
        stream.close()
        await server.close()
        await dashboard.close()
      },
    }
  } catch (error) {
    await server.close()
    throw error
  }
}

export function announce({ origin, dashboard }: Served, terminal: Terminal): void {
  const live = dashboard.vendors.filter(({ source }) => source === 'live').map(({ name }) => name)
  const others = live.length === 0 ? 'every vendor is simulated on this machine' : `${live.join(', ')} for real`
  terminal.print(`valetkey dashboard: ${origin} (${others}; Ctrl-C ends it)`)
}
