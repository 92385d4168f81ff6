import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { fileStore } from '@valetkey/store-file'
import { virtualClock } from '@valetkey/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connect, names, signInAll } from './keep-warm/connect.ts'
import { startCrew } from './keep-warm/crew.ts'
import { startIdleVendor } from './keep-warm/idle-vendor.ts'

const DAY_MS = 24 * 3_600_000
const IDLE_MS = 30 * DAY_MS
const START = Date.UTC(2026, 0, 1)
const ACCOUNTS = names(20)

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-warm-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'tokens')
}

test.each([2, 8])(
  '%i processes over one folder keep 20 accounts over two ends, with a token call for each',
  async (count) => {
    const path = await temporaryFolder()
    let now = (): number => START
    const vendor = await startIdleVendor(() => now(), { idleMs: IDLE_MS })
    onTestFinished(() => vendor.close())
    const clock = virtualClock({ now: START })
    const files = fileStore({ path })
    const store = { ...files, get: async (key: string) => ({ ...(await files.get(key)), now: clock.now() }) }
    const person = connect({ tokenUrl: vendor.tokenUrl, clock, store })
    await signInAll(person, ACCOUNTS)

    const plan = { path, tokenUrl: vendor.tokenUrl, idleSeconds: IDLE_MS / 1000, everyMs: 5 * DAY_MS }
    const crew = await startCrew(count, plan, START)
    onTestFinished(() => crew.end())
    now = crew.now
    await crew.pass(50 * DAY_MS)

    const refreshes = vendor.refreshes()
    expect(refreshes.filter(({ status }) => status !== 200)).toEqual([])
    for (const account of ACCOUNTS) {
      const times = vendor.refreshes(account).map(({ at }) => at)
      // One in the last two fifths of each lifetime but the last 20 %: two until day 48, a third for nobody before day 54.
      expect(times.length).toSatisfy((calls: number) => calls === 2)
      for (const [index, at] of times.entries())
        expect((at - (times[index - 1] ?? START)) / IDLE_MS).toSatisfy((share: number) => share >= 0.6 && share <= 0.81)
    }
    expect(refreshes).toHaveLength(2 * ACCOUNTS.length)
  },
)

test('keepWarm keeps no process alive', async () => {
  const program = fileURLToPath(new URL('keep-warm/ends.ts', import.meta.url))
  const args = ['--conditions=@valetkey/source', program]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  expect(stdout).toBe('kept\n')
})
