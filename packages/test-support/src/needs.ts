import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe } from 'vitest'

/**
 * `describe` for tests that start a program of the machine. Without it they are skipped and their title says how to
 * install it; in continuous integration they fail.
 */
export function describeWith(program: string, install: string): (title: string, define: () => void) => void {
  const isMissing = !isOnPath(program)
  const problem = `${program} is missing; install it with: ${install}`
  if (isMissing && process.env.CI === 'true') throw new Error(problem)
  const note = isMissing ? ` (${problem})` : ''
  return (title, define) => {
    describe.skipIf(isMissing)(`${title}${note}`, () => {
      define()
    })
  }
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
