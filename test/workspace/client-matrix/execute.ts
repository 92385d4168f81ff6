import { execFile } from 'node:child_process'
import { root } from '../boundaries/workspace.ts'

/** Resolves when the program has ended, however; what it printed is shown when it failed. */
export function execute(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<void> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: root, env }, (error, stdout, stderr) => {
      if (error !== null) console.error(`${program} ${args.join(' ')}:\n${stdout}${stderr}`)
      resolve()
    })
  })
}
