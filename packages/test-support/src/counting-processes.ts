import type { ChildProcess } from 'node:child_process'
import type { TokenStore } from '@valetkey/core'
import { expect } from 'vitest'
import { COUNTER } from './counting.ts'
import { killProcess } from './processes.ts'

const PROCESSES = 8
const KILLS = 6
const WINS_BETWEEN_KILLS = 150

/** Eight processes count together, some are killed and replaced: no write is won twice, and none that was won is lost. */
export async function expectEachWriteToBeWonOnce(
  store: TokenStore,
  startCounting: (index: number) => ChildProcess,
): Promise<void> {
  const wins: number[] = []
  const running: ChildProcess[] = []
  let told = (): void => {}
  const start = (index: number): void => {
    const child = startCounting(index)
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
    const index = kill % PROCESSES
    await Promise.all(running.slice(index, index + 1).map(killProcess))
    start(index)
  }
  await winsReach(wins.length + WINS_BETWEEN_KILLS)
  await Promise.all(running.map(killProcess))

  const { value } = await store.get(COUNTER)
  expect(new Set(wins).size).toBe(wins.length)
  const untold = Number(value) - wins.length
  expect(untold).toSatisfy((count: number) => count >= 0 && count <= KILLS + PROCESSES)
}

/** Whole lines only: a killed process may leave half of one. */
function collectLines(child: ChildProcess, take: (line: string) => void): void {
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}
