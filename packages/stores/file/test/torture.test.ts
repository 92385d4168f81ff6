import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createFileStore } from '../src/create-file-store.ts'
import { folderOf } from '../src/folder.ts'
import { type Child, ended, onLine, startChild } from './support/child.ts'
import { temporaryPath } from './support/folder.ts'
import { platformNamed } from './support/platforms.ts'

const KEY = 'counter'
const PROCESSES = 8
const TROUBLE_EVERY_MS = 25

interface Torture {
  readonly platform: string
  readonly counts: number
  readonly kills: number
}

/** A process killed while it holds a claim costs 10 s where links are refused: there it is only stopped. */
const CASES: readonly Torture[] = [
  { platform: 'with-links', counts: 500, kills: 20 },
  { platform: 'without-links', counts: 250, kills: 0 },
]

test.each(CASES)(
  '8 processes count $platform: nobody wins twice, and no count is lost by kill -9 and SIGSTOP',
  { timeout: 60_000 },
  async (torture) => {
    const path = await temporaryPath()
    const { won, kills, stops, complaints } = await run(torture, path)
    const store = createFileStore(path, platformNamed(torture.platform))
    const { value, version } = await store.get(KEY)
    const final = Number(value?.split(' ')[1])
    expect(complaints).toEqual([])
    expect(stops).toBeGreaterThan(0)
    expect(new Set(won).size).toBe(won.length)
    expect(Math.max(...won)).toBeLessThanOrEqual(final)
    // A process that was killed may have won once without telling.
    expect(final - won.length).toBeGreaterThanOrEqual(0)
    expect(final - won.length).toBeLessThanOrEqual(kills)
    expect(await store.compareAndSet(KEY, version, 'the end')).toMatchObject({ ok: true })
    expect(await valuesOnDisk(path)).toEqual(['the end'])
  },
)

interface Outcome {
  readonly won: readonly number[]
  readonly kills: number
  readonly stops: number
  readonly complaints: readonly string[]
}

async function run({ platform, counts, kills }: Torture, path: string): Promise<Outcome> {
  const won: number[] = []
  const complaints: string[] = []
  const children = new Set<Child>()
  onTestFinished(() => void [...children].map((child) => child.kill('SIGKILL')))
  const start = () => {
    const child = startChild('count', [path, KEY, platform])
    onLine(child, (line) => void won.push(Number(line)))
    child.stderr.on('data', (text) => void complaints.push(String(text)))
    children.add(child)
    return child
  }
  const stopped: Child[] = []
  const victims = Array.from({ length: PROCESSES }, start)
  let stops = 0
  let killed = 0
  while (won.length < counts || killed < kills) {
    const victim = victims.shift() ?? start()
    if (killed < kills && stops > killed) {
      killed += 1
      victim.kill('SIGKILL')
      victims.push(start())
    } else {
      stops += 1
      victim.kill('SIGSTOP')
      stopped.push(victim)
    }
    await sleep(TROUBLE_EVERY_MS)
    const resumed = stopped.length > PROCESSES / 2 ? stopped.shift() : undefined
    resumed?.kill('SIGCONT')
    if (resumed) victims.push(resumed)
  }
  for (const child of children) {
    child.kill('SIGCONT')
    child.stdin.end()
  }
  await Promise.all([...children].map(ended))
  return { won, kills: killed, stops, complaints }
}

/** The third line of each file of the key. */
async function valuesOnDisk(path: string): Promise<string[]> {
  const folder = folderOf(path, KEY)
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  return files.map((text) => text.split('\n')[2] ?? '').filter((value) => value !== '')
}
