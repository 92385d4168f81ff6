import type { ChildProcess } from 'node:child_process'
import { postgresSchema, postgresStore } from '@valetkey/store-postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pgPool } from './support/clients.ts'
import { describeWithPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts'
import { killProcess, startProcess } from './support/processes.ts'

const PROCESSES = 8
const KILLS = 6
const WINS_BETWEEN_KILLS = 150

describeWithPostgres('eight processes that count together', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    await server.run(postgresSchema())
  })
  afterAll(() => server.stop())

  test('never win the same write twice, while some of them are killed and replaced', async () => {
    const wins: number[] = []
    const running: ChildProcess[] = []
    let told = (): void => {}
    const start = (index: number): void => {
      const child = startProcess('count', [String(server.port), String(index)])
      running[index] = child
      collectLines(child, (line) => {
        wins.push(Number(line))
        told()
      })
    }
    const winsReach = (count: number): Promise<void> =>
      new Promise((resolve) => {
        told = () => wins.length >= count && resolve()
        told()
      })

    for (let index = 0; index < PROCESSES; index += 1) start(index)
    for (let kill = 0; kill < KILLS; kill += 1) {
      await winsReach(wins.length + WINS_BETWEEN_KILLS)
      await killProcess(running[kill % PROCESSES]!)
      start(kill % PROCESSES)
    }
    await winsReach(wins.length + WINS_BETWEEN_KILLS)
    await Promise.all(running.map(killProcess))

    const { client, close } = await pgPool.open(server.port)
    const { value } = await postgresStore(client).get('counter')
    await close()
    expect(new Set(wins).size).toBe(wins.length)
    const untold = Number(value) - wins.length
    expect(untold).toSatisfy((count: number) => count >= 0 && count <= KILLS + PROCESSES)
  })
})

/** Whole lines only: a killed process may leave half of one. */
function collectLines(child: ChildProcess, take: (line: string) => void): void {
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
