import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../../apps/dashboard/test/program/main.ts', import.meta.url))

/** The sample app in a process of its own. */
export interface Program {
  readonly url: string
  /** Every token, password, key and client secret that it has sent or got. */
  secrets(): Promise<readonly string[]>
  close(): Promise<void>
}

/** @param environment `BRIEF`: what is broken is broken for a short time only; the credentials of vendors */
export async function startProgram(environment: Readonly<Record<string, string>> = {}): Promise<Program> {
  const { PATH = '' } = process.env
  const child = fork(MAIN, { execArgv: ['--conditions=@valetkey/source'], env: { PATH, ...environment } })
  const { url } = await answerOf<{ url: string }>(child)
  return {
    url,
    async secrets() {
      child.send('secrets')
      return (await answerOf<{ secrets: readonly string[] }>(child)).secrets
    },
    async close() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** @throws Error if it ends instead */
async function answerOf<Message>(child: ChildProcess): Promise<Message> {
  const ended = new AbortController()
  const failed = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`the sample app ended with ${code}`)
  })
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: ended.signal }), failed])
    return message
  } finally {
    ended.abort()
    failed.catch(() => undefined)
  }
}
