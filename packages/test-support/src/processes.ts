import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A program in a separate process; it imports the packages' sources, as the tests do. */
export function startProcess(program: URL, args: readonly string[]): ChildProcess {
  const child = fork(fileURLToPath(program), args, {
    execArgv: ['--conditions=@valetkey/source'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const killChild = (): void => void child.kill('SIGKILL')
  process.once('exit', killChild)
  child.once('exit', () => process.off('exit', killChild))
  return child
}

/** `kill -9`. */
export function killProcess(child: ChildProcess): Promise<void> {
  return endProcess(child, 'SIGKILL')
}

/** Resolves when it has ended. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
