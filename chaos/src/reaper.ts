import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Ends what a run has started when this process ends before the run does. */
export interface Reaper extends Disposable {
  watch(child: ChildProcess): void
  /** A new folder below the machine's temporary one, removed when the reaper is disposed of. */
  makeFolder(name: string): string
}

export function createReaper(): Reaper {
  const children = new Set<ChildProcess>()
  const folders: string[] = []
  const reap = (): void => {
    for (const child of children) child.kill('SIGKILL')
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  process.once('exit', reap)
  return {
    watch(child) {
      children.add(child)
      child.once('exit', () => children.delete(child))
    },
    makeFolder(name) {
      const folder = mkdtempSync(join(tmpdir(), `valetkey-chaos-${name}-`))
      folders.push(folder)
      return folder
    },
    [Symbol.dispose]() {
      process.off('exit', reap)
      reap()
    },
  }
}
