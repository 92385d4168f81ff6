import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A program in a process of its own; it imports the packages' sources, as the tests do. */
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
export async function killProcess(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await exited
}
