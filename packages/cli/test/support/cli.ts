import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { BASE_ENVIRONMENT, MAIN } from './environment.ts'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves with what standard error holds as soon as it matches. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
}

/** The command line as a person has it: a process of its own, a home and a folder of its own. */
export interface Cli {
  /** Where it keeps keys and tokens. */
  readonly home: string
  /** The folder that it is called in. */
  readonly cwd: string
  run(...args: readonly string[]): Promise<Ended>
  start(...args: readonly string[]): Running
  /** The same person with further variables. */
  with(env: Readonly<Record<string, string>>): Cli
  /** Writes a file into the folder. */
  write(name: string, text: string | object): void
}

export function createCli(env: Readonly<Record<string, string>> = {}): Cli {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [home, cwd] = [join(folder, 'home'), join(folder, 'project')]
  mkdirSync(cwd)
  return cliIn(home, cwd, { ...BASE_ENVIRONMENT, VALETKEY_HOME: home, HOME: folder, ...env })
}

function cliIn(home: string, cwd: string, env: Readonly<Record<string, string>>): Cli {
  const start = (...args: readonly string[]): Running => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    return watch(child)
  }
  return {
    home,
    cwd,
    start,
    run: (...args) => start(...args).ended,
    with: (more) => cliIn(home, cwd, { ...env, ...more }),
    write: (name, text) => writeFileSync(join(cwd, name), typeof text === 'string' ? text : JSON.stringify(text)),
  }
}

function watch(child: ChildProcess): Running {
  const texts = { stdout: '', stderr: '' }
  const watchers = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      texts[name] += chunk
      for (const look of watchers) look()
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : -1), ...texts }))
  })
  return {
    child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(texts.stderr)
          if (match !== null) resolve(match)
        }
        watchers.add(look)
        look()
        void ended.then(() => reject(new Error(`ended without printing ${pattern}:\n${texts.stdout}${texts.stderr}`)))
      }),
  }
}
