import { type ChildProcess, spawn } from 'node:child_process'
import { platform } from 'node:os'
import type { Io } from '../io.ts'

/**
 * Opens a page in the person's browser, without a shell. Resolves with whether a program took it; a browser that is still
 * running after a moment has.
 */
export async function openBrowser(url: URL, { env }: Pick<Io, 'env'>, chosen: string | undefined): Promise<boolean> {
  const command = commandOf(url.href, env, chosen)
  if (command === undefined) return false
  const [program, ...args] = command
  try {
    const child = spawn(program, args, { stdio: 'ignore', detached: true })
    return await isTaken(child)
  } catch {
    return false
  }
}

const A_MOMENT_MS = 2_000

function isTaken(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), A_MOMENT_MS)
    child.once('error', () => resolve(false))
    child.once('exit', (code) => resolve(code === 0))
    child.once('exit', () => clearTimeout(timer))
    timer.unref()
    child.unref()
  })
}

function commandOf(url: string, env: Io['env'], chosen = env.BROWSER): [string, ...string[]] | undefined {
  if (chosen === 'none') return undefined
  if (chosen) return [chosen, url]
  if (platform() === 'darwin') return ['open', url]
  // A program that is named without its folder is looked for in the current folder first.
  if (platform() === 'win32')
    return [`${env.SystemRoot ?? 'C:\\Windows'}\\System32\\rundll32.exe`, 'url.dll,FileProtocolHandler', url]
  // Without a display xdg-open would start a browser of text in this very terminal.
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open', url] : undefined
}
