import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface ChildOptions {
  /** Of Node. */
  readonly flags?: readonly string[]
  /** It is killed then, which rejects. */
  readonly timeoutMs?: number
  /** What happens between `ready()` in the child and what comes after it; resolves with what the child is told. */
  readonly whenReady?: () => Promise<unknown>
}

/** Runs a file of the bench in a fresh process; resolves with the JSON that it prints. */
export async function runChild<T>(
  file: string,
  args: readonly string[],
  { flags = [], timeoutMs, whenReady = async () => undefined }: ChildOptions = {},
): Promise<T> {
  const child = spawn(process.execPath, [...flags, file, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const limit = timeoutMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const output: Buffer[] = []
  const errors: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  // Some peers tell each failure.
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk))
  let problem: Error | undefined
  child.once('message', () => {
    whenReady().then(
      (told) => child.send({ told }),
      (error: unknown) => {
        problem = error instanceof Error ? error : new Error(String(error))
        child.kill()
      },
    )
  })
  const [code] = await once(child, 'close')
  clearTimeout(limit)
  if (problem !== undefined) throw problem
  if (code !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${String(code)}: ${Buffer.concat(errors).toString()}`)
  return JSON.parse(Buffer.concat(output).toString()) as T
}

/** In a child: tells that what is measured can begin, waits for it, and resolves with what `whenReady` gave. */
export async function ready(): Promise<unknown> {
  const answered = once(process, 'message')
  process.send?.('ready')
  const [{ told }] = (await answered) as [{ told?: unknown }]
  return told
}

/** Resolves for all who arrive once so many have arrived. */
export function barrier(count: number): () => Promise<void> {
  let missing = count
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return () => {
    missing -= 1
    if (missing === 0) open()
    return opened
  }
}

/** Two lanes, for sections that count and measure no time. */
export async function inLanes<Job, Tool>(
  jobs: readonly Job[],
  open: () => Promise<Tool & { stop(): void }>,
  run: (job: Job, tool: Tool) => Promise<void>,
): Promise<void> {
  const waiting = [...jobs]
  const lane = async (): Promise<void> => {
    const tool = await open()
    try {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job, tool)
    } finally {
      tool.stop()
    }
  }
  await Promise.all([lane(), lane()])
}

/** What a section is at, for whoever waits. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`)
}
