import { usageError } from '../cli-error.ts'
import type { Run } from '../command.ts'
import { completionScript, isShell } from '../completion-script.ts'

export const run: Run = async ({ output, positionals: [shell = ''] }) => {
  if (!isShell(shell)) throw usageError(`"${shell}" is none of bash, zsh, fish`)
  const script = completionScript(shell)
  output.result({ shell, script }, ...script.trimEnd().split('\n'))
  return undefined
}
