import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/**
 * `describe` for tests that start a program of the machine. Without it they are skipped and their title says how to
 * install it; in continuous integration they fail.
 */
export function describeWith(program: string, install: string): (title: string, define: () => void) => void {
  const isSkipped = !isOnPath(program) && process.env.CI !== 'true'
  const note = isSkipped ? ` (${program} is missing; install it with: ${install})` : ''
  return (title, define) =>
    describe.skipIf(isSkipped)(`${title}${note}`, () => {
      define()
    })
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
