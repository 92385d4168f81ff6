import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../boundaries/workspace.ts'

/** A file in an editor: the language server is that of the TypeScript that checks the workspace. */
export interface LanguageServer {
  /** What an editor shows over the first character of `text`, as Markdown; `after` says behind which text it is looked for. */
  hover(text: string, after?: string): Promise<string>
  close(): void
}

interface Message {
  readonly id?: number
  readonly method?: string
  readonly result?: { readonly contents?: { readonly value?: string } } | null
}

/** @param path of the file, relative to the root */
export async function openInEditor(path: string): Promise<LanguageServer> {
  const code = readFileSync(join(root, path), 'utf8')
  const bin = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const server = spawn(process.execPath, [bin, '--lsp', '--stdio'], { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] })
  const answers = new Map<number, (message: Message) => void>()
  const send = (message: object): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message })
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  const ask = (method: string, params: object): Promise<Message> => {
    const id = answers.size + 1
    send({ id, method, params })
    return new Promise((resolve) => answers.set(id, resolve))
  }

  let received = Buffer.alloc(0)
  server.stdout.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    for (let message = nextMessage(); message !== undefined; message = nextMessage()) {
      // Questions of the server (its settings, progress) have no answer here.
      if (message.method !== undefined && message.id !== undefined) send({ id: message.id, result: null })
      else if (message.id !== undefined) answers.get(message.id)?.(message)
    }
  })

  const textDocument = { uri: pathToFileURL(join(root, path)).href }
  const capabilities = { textDocument: { hover: { contentFormat: ['markdown'] } } }
  await ask('initialize', { processId: process.pid, rootUri: pathToFileURL(root).href, capabilities })
  send({ method: 'initialized', params: {} })
  const opened = { ...textDocument, languageId: 'typescript', version: 1, text: code }
  send({ method: 'textDocument/didOpen', params: { textDocument: opened } })

  return {
    async hover(text, after = '') {
      const at = code.indexOf(text, code.indexOf(after))
      const lines = code.slice(0, at).split('\n')
      const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 }
      const { result } = await ask('textDocument/hover', { textDocument, position })
      return result?.contents?.value ?? ''
    },
    close: () => void server.kill(),
  }

  function nextMessage(): Message | undefined {
    const head = received.indexOf('\r\n\r\n')
    const length = Number(/Content-Length: (\d+)/i.exec(received.toString('latin1', 0, Math.max(0, head)))?.[1])
    const start = head + 4
    if (head === -1 || received.length < start + length) return undefined
    const text = received.toString('utf8', start, start + length)
    received = received.subarray(start + length)
    return JSON.parse(text)
  }
}
