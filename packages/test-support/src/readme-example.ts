import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endProcess } from './processes.ts'

/** The README of a package, and the program below its heading "Use". */
export interface Readme {
  readonly text: string
  /** Runs the unchanged program to its end; its requests are sent to `ACME_URL`. Resolves with its output. */
  runExample(environment: Readonly<Record<string, string>>): Promise<string>
  /** Runs it up to its request. Instead of the request it evaluates the expression `probe`, at each call of `probe()`. */
  startExample(environment: Readonly<Record<string, string>>, probe: string): Promise<RunningExample>
}

export interface RunningExample {
  /** `fulfilled`, or the code or words of the rejection. @throws when the program has ended */
  probe(): Promise<string>
  stop(): Promise<void>
}

/** @param folder of the package */
export function readReadme(folder: string): Readme {
  const text = readFileSync(join(folder, 'README.md'), 'utf8')
  const [, program = ''] = /\n## Use\n\n```ts\n(.*?)```/s.exec(text) ?? []
  const flags = ['--conditions=@valetkey/source', '--import', '@valetkey-app/test-support/reroute']
  const commandOf = (source: string) => [...flags, '--input-type=module-typescript', '--eval', source]
  return {
    text,
    async runExample(environment) {
      const options = { cwd: folder, env: { ...process.env, ...environment } }
      const { stdout } = await promisify(execFile)(process.execPath, commandOf(program), options)
      return stdout
    },
    async startExample(environment, probe) {
      const [beginning] = program.split('\nconst response')
      const child = spawn(process.execPath, commandOf(`${beginning}\n${ANSWERS}(async () => ${probe})`), {
        cwd: folder,
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      await nextMessage(child)
      return {
        probe() {
          child.send('probe')
          return nextMessage(child)
        },
        stop: () => endProcess(child, 'SIGKILL'),
      }
    },
  }
}

/** The IPC channel is unreferenced, so that only the example can keep the program running. */
const ANSWERS = `
;((probe) => {
  process.on('message', () => probe().then(() => process.send('fulfilled'), ({ code, message }) => process.send(code ?? message)))
  process.send('ready')
})`

async function nextMessage(child: ChildProcess): Promise<string> {
  const ended = new AbortController()
  const end = once(child, 'exit', ended).then(([code]): never => {
    throw new Error(`the example ended with ${code}`)
  })
  try {
    const message: readonly unknown[] = await Promise.race([once(child, 'message', ended), end])
    return String(message[0])
  } finally {
    ended.abort()
    end.catch(() => {})
  }
}
