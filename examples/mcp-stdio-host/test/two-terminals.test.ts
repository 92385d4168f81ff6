import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@valetkey-app/test-support/free-port'
import { TestMcpServer } from '@valetkey-app/test-support/mcp-server'
import { endProcess } from '@valetkey-app/test-support/processes'
import { expect, onTestFinished, test } from 'vitest'
import { BROWSER } from './support/example.ts'

const MAIN = join(import.meta.dirname, '../src/main.ts')

interface Terminal {
  /** The line that the program answers with. */
  type(line: string): Promise<unknown>
  /** Ends its input. @returns its exit code */
  end(): Promise<number | null>
}

function openTerminal(serverUrl: string, folder: string, port: number): Terminal {
  const child: ChildProcess = spawn(process.execPath, ['--conditions=@valetkey/source', MAIN, serverUrl, folder], {
    env: { ...process.env, BROWSER, MCP_HOST_CALLBACK: `http://127.0.0.1:${port}/callback` },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  onTestFinished(() => endProcess(child, 'SIGKILL'))
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]()
  return {
    async type(line) {
      child.stdin?.write(`${line}\n`)
      const { value } = await lines.next()
      return JSON.parse(String(value)).content
    },
    async end() {
      const exited = once(child, 'exit')
      child.stdin?.end()
      const [code] = (await exited) as [number | null]
      return code
    },
  }
}

test('a person signs in once for two terminals, and grants one more scope for both', async () => {
  const server = await TestMcpServer.start({ resource: { scopes_supported: ['boats:read'] } })
  onTestFinished(() => server.close())
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-mcp-host-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const port = await freePort()
  const first = openTerminal(server.url, folder, port)
  expect(await first.type('boats')).toEqual([{ type: 'text', text: 'boats' }])
  const second = openTerminal(server.url, folder, port)
  expect(await second.type('boats {}')).toEqual([{ type: 'text', text: 'boats' }])
  expect(await second.type('admin')).toEqual([{ type: 'text', text: 'admin' }])
  expect(await first.type('admin')).toEqual([{ type: 'text', text: 'admin' }])
  expect(server.authorization.counts).toMatchObject({ registrations: 1, signIns: 2, refreshes: 0 })
  expect(await Promise.all([first.end(), second.end()])).toEqual([0, 0])
})
