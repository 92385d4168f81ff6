import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { createFileStore } from '../src/create-file-store.ts'
import { type Child, ended, onLine, startChild } from './support/child.ts'
import { temporaryPath } from './support/folder.ts'
import { platformNamed } from './support/platforms.ts'
import { valuesOf } from './support/records.ts'

const KEY = 'counter'
const PROCESSES = 8
/** How often somebody is killed, stopped or resumed; no expectation hangs on it. */
const TROUBLE_EVERY_MS = 25

interface Torture {
  readonly platform: string
  readonly counts: number
  readonly kills: number
}

/** A process killed while it holds a reservation costs 10 s where links are refused: there it is only stopped. */
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
    expect(await valuesOf(path, KEY)).toEqual(['the end'])
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
  const children: Child[] = []
  onTestFinished(() => void children.map((child) => child.kill('SIGKILL')))
  const start = () => {
    const child = startChild('count', [path, KEY, platform])
    onLine(child, (line) => void won.push(Number(line)))
    child.stderr.on('data', (text) => void complaints.push(String(text)))
    children.push(child)
    return child
  }
  const trouble = troubleFor(start, kills)
  while (won.length < counts || trouble.kills() < kills) {
    trouble.strike()
    await sleep(TROUBLE_EVERY_MS)
  }
  for (const child of children) {
    child.kill('SIGCONT')
    child.stdin.end()
  }
  await Promise.all(children.map(ended))
  return { won, kills: trouble.kills(), stops: trouble.stops(), complaints }
}

/** Stops and kills running processes by turns; at most half of them are stopped at a time. */
function troubleFor(start: () => Child, mostKills: number) {
  const running = Array.from({ length: PROCESSES }, start)
  const stopped: Child[] = []
  let stops = 0
  let kills = 0
  const resumeOldest = () => {
    const child = stopped.shift()
    child?.kill('SIGCONT')
    return child ?? start()
  }
  return {
    stops: () => stops,
    kills: () => kills,
    strike() {
      const victim = running.shift() ?? start()
      if (kills < mostKills && stops > kills) {
        kills += 1
        victim.kill('SIGKILL')
        running.push(start())
      } else {
        stops += 1
        victim.kill('SIGSTOP')
        stopped.push(victim)
      }
      if (stopped.length > PROCESSES / 2) running.push(resumeOldest())
    },
  }
}
