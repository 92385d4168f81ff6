import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '@valetkey-app/test-support/until'
import { afterEach, expect, test } from 'vitest'
import { bundle, COMPATIBILITY_DATE, startWorkers } from './support/workers.ts'

const script = await bundle(`export * from '../worker/main.ts'; export { default } from '../worker/main.ts'`)
const NAMES = ['first', 'second', 'third', 'fourth']

const cleanUps: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

/** Four Workers, each an isolate of its own, with one Durable Object. */
async function startFour(folder?: string) {
  const bound = (className: string) => ({
    className,
    scriptName: 'first',
    useSQLite: className !== 'RecordsWithoutSql',
  })
  const workers = await startWorkers({
    workers: NAMES.map((name) => ({
      name,
      modules: true,
      script,
      compatibilityDate: COMPATIBILITY_DATE,
      durableObjects: {
        TOKENS: bound('MovableRecords'),
        OTHER: bound('OtherObject'),
        WITHOUT_SQL: bound('RecordsWithoutSql'),
      },
    })),
    ...(folder !== undefined && { durableObjectsPersist: folder }),
  })
  return {
    async ask(index: number, path: string): Promise<unknown> {
      const worker = await workers.getWorker(NAMES[index % NAMES.length]!)
      return await (await worker.fetch(`https://worker.example${path}`)).json()
    },
    stop: () => workers.dispose(),
  }
}

test('what only a person can mend is told, in the name of this package and without the value', async () => {
  const { ask, stop } = await startFour()
  cleanUps.push(stop)
  expect(await ask(1, '/other')).toEqual({
    code: 'invalid_option',
    option: 'namespace',
    message: '[@valetkey/store-durable-object] "namespace" is a binding to another class than TokenRecords',
  })
  expect(await ask(1, '/without-sql')).toEqual({
    code: 'invalid_option',
    option: 'namespace',
    message: '[@valetkey/store-durable-object] "namespace" has no SQLite: name the class in "new_sqlite_classes"',
  })
  expect(await ask(1, '/too-large')).toEqual({
    code: 'store_unavailable',
    message: '[@valetkey/store-durable-object] SQLite gave no answer (SQLITE_TOOBIG)',
  })
})

test('a wait in one Worker ends with a write in another', async () => {
  const { ask, stop } = await startFour()
  cleanUps.push(stop)
  await ask(0, '/write?value=first')
  let ended = 0
  const waits = [1, 2, 3].map(async (index) => {
    const value = await ask(index, '/wait')
    ended += 1
    return value
  })
  await until('all have heard of a change', async () => {
    // Again: one that does not wait yet does not hear of this one.
    await ask(0, '/write?value=second')
    return ended === 3
  })
  expect(await Promise.all(waits)).toEqual(['second', 'second', 'second'])
})

const LOOPS = 12
const WINS_BETWEEN_KILLS = 60
const KILLS = 3

test('twelve connections of four Workers count together: no write is won twice and none is lost, while workerd is killed and started again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-durable-object-'))
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }))
  const wins: number[] = []
  let failed = 0
  for (let round = 0; round <= KILLS; round += 1) {
    const four = await startFour(folder)
    let isRunning = true
    const enough = wins.length + WINS_BETWEEN_KILLS
    const loops = Array.from({ length: LOOPS }, async (_, index) => {
      while (isRunning) {
        try {
          wins.push((await four.ask(index, '/count')) as number)
        } catch {
          failed += 1
          return
        }
      }
    })
    await until('they have counted', async () => wins.length >= enough)
    // In the middle of what the loops have asked.
    if (round < KILLS) await four.stop()
    isRunning = false
    await Promise.all(loops)
    if (round < KILLS) continue
    const read = (await four.ask(0, '/read?name=counting&key=counter')) as { readonly value: string }
    await four.stop()
    expect(new Set(wins).size).toBe(wins.length)
    // A write whose answer the kill has cut off may have been applied.
    expect(Number(read.value) - wins.length).toSatisfy((untold: number) => untold >= 0 && untold <= failed)
    expect(failed).toBeGreaterThan(0)
  }
})
