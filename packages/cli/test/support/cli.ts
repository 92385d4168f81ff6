import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Io, run } from 'valetkey'
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

/** The command line as a person has it: a home and a folder of its own. */
export interface Cli {
  /** Where it keeps keys and tokens. */
  readonly home: string
  /** The folder that it is called in. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** In this process, which is faster. */
  run(...args: readonly string[]): Promise<Ended>
  /** The same with a text on standard input. */
  runWith(input: string, ...args: readonly string[]): Promise<Ended>
  /** In a process of its own, as the program `valetkey`. */
  start(...args: readonly string[]): Running
  /** The same with another installation's program. */
  startWith(main: string, ...args: readonly string[]): Running
  /** The same person with further variables. */
  with(env: Readonly<Record<string, string>>): Cli
  /** The same person, who has allowed what is in the folder whenever it changes. */
  trusting(): Cli
  /** The same person in a new folder beside this one. */
  in(folder: string): Cli
  /** The same person in a folder that is there. */
  at(folder: string): Cli
  /** Writes a file into the folder. */
  write(name: string, content: string | object): void
}

export function createCli(env: Readonly<Record<string, string>> = {}): Cli {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'valetkey-cli-')))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [home, cwd] = [join(folder, 'home'), join(folder, 'project')]
  mkdirSync(cwd)
  return cliIn(home, cwd, { ...BASE_ENVIRONMENT, VALETKEY_HOME: home, HOME: folder, ...env })
}

function cliIn(home: string, cwd: string, env: Readonly<Record<string, string>>): Cli {
  const startWith = (main: string, ...args: readonly string[]): Running => {
    const child = spawn(process.execPath, [main, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    return watch(child)
  }
  return {
    home,
    cwd,
    env,
    start: (...args) => startWith(MAIN, ...args),
    startWith,
    run: (...args) => runHere(args, cwd, env),
    runWith: (input, ...args) => runHere(args, cwd, env, Readable.from([input])),
    with: (more) => cliIn(home, cwd, { ...env, ...more }),
    trusting: () => cliIn(home, cwd, { ...env, VALETKEY_TRUST: cwd }),
    in(folder) {
      const other = join(cwd, '..', folder)
      mkdirSync(other)
      return cliIn(home, other, env)
    },
    at: (folder) => cliIn(home, folder, env),
    write: (name, content) =>
      writeFileSync(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content)),
  }
}

async function runHere(
  args: readonly string[],
  cwd: string,
  env: Io['env'],
  stdin: Io['stdin'] = Readable.from([]),
): Promise<Ended> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const printed = Promise.all([text(stdout), text(stderr)])
  const { signal } = new AbortController()
  const code = await run(args, { env, cwd, stdin, stdout, stderr, signal })
  stdout.end()
  stderr.end()
  const [out, err] = await printed
  return { code, stdout: out, stderr: err }
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
