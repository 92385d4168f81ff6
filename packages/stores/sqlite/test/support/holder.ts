import { once } from 'node:events'
import { killProcess, startProcess } from '@valetkey-app/test-support/processes'
import { expect } from 'vitest'

const HOLD = new URL('../processes/hold/main.ts', import.meta.url)

/** SQLite's locks are those of a process: what holds one is another process, and not another library in this one. */
export async function startHolder(path: string) {
  const child = startProcess(HOLD, [path])
  const answer = () => once(child, 'message')
  await answer()
  return {
    async exec(sql: string) {
      const done = answer()
      child.send(sql)
      expect(await done).toEqual(['done', undefined])
    },
    end: () => killProcess(child),
  }
}
