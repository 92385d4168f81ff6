import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import { CliError, EXIT } from '../cli-error.ts'
import type { CommandIo } from '../io.ts'
import type { Output } from '../output.ts'

export interface Question {
  readonly text: string
  /** Whether what is typed stays invisible. */
  readonly secret: boolean
}

/** Asks the person at the terminal. @throws what aborted `io.signal`; CliError `interrupted` for Ctrl-C and Ctrl-D */
export async function ask({ stdin, signal }: CommandIo, output: Output, { text, secret }: Question): Promise<string> {
  signal.throwIfAborted()
  output.question(text)
  const echo = secret ? nowhere() : output.echo
  const reader = createInterface({ input: stdin, output: echo, terminal: true, historySize: 0 })
  let isAnswered = false
  try {
    const answer = await line(reader, signal)
    isAnswered = true
    return answer
  } finally {
    reader.close()
    // The next output begins a new line.
    if (secret || !isAnswered) output.note('')
  }
}

function line(reader: Interface, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new CliError('interrupted', EXIT.interrupted, 'interrupted'))
    reader.once('line', resolve)
    reader.once('SIGINT', end)
    reader.once('close', end)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() })
}
