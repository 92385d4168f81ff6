import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { blocksOf } from './blocks.ts'
import { compile } from './compile.ts'
import { startNetwork } from './network.ts'

const DOCUMENT = 'docs/shutting-down.md'
const program = fileURLToPath(new URL('server-to-end.ts', import.meta.url))

const blocks = blocksOf(DOCUMENT, readFileSync(join(root, DOCUMENT), 'utf8')).filter(
  ({ language }) => language === 'ts',
)
const compiled = await compile(blocks)

afterAll(compiled.remove)

function fileOf(heading: string): string {
  const block = blocks.find((each) => each.heading === heading)
  if (!block) throw new Error(`${DOCUMENT} has lost its block "${heading}"`)
  return compiled.file(block)
}

/** A token endpoint with refresh tokens that work once; it answers the second request when it is told to. */
async function startVendor() {
  let count = 0
  let ask: (response: ServerResponse) => void = () => {}
  const refreshing = new Promise<ServerResponse>((resolve) => {
    ask = resolve
  })
  const give = (response: ServerResponse): void => {
    count += 1
    response.end(JSON.stringify({ access_token: `access-${count}`, refresh_token: `refresh-${count}`, expires_in: 1 }))
  }
  const server = createServer((_request, response) => (count === 0 ? give(response) : ask(response)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  return { tokenUrl, refreshing, give }
}

async function textsIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n')
}

/** Ends the program with SIGTERM while its refresh is under way; the vendor answers then. */
async function endDuringRefresh(module: string) {
  const vendor = await startVendor()
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-ends-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const child = fork(program, [module, vendor.tokenUrl, folder], { execArgv: ['--conditions=@valetkey/source'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const [{ port }] = await once(child, 'message')
  let isEnding = false
  const requests = (async () => {
    while (!isEnding) await (await fetch(`http://127.0.0.1:${port}/`)).text()
  })().catch(() => {})
  const response = await vendor.refreshing
  isEnding = true
  child.kill('SIGTERM')
  if (module === '') await exited
  vendor.give(response)
  const [code, signal] = await exited
  await requests
  return { code, signal, stored: await textsIn(folder) }
}

test('a server with the handler of the document stores the new refresh token of a refresh under way, then ends', async () => {
  const ended = await endDuringRefresh(fileOf('Servers and containers'))
  expect(ended).toMatchObject({ code: 0, signal: null })
  expect(ended.stored).toContain('refresh-2')
})

test('without a handler the new refresh token is lost', async () => {
  const ended = await endDuringRefresh('')
  expect(ended).toMatchObject({ code: null, signal: 'SIGTERM' })
  expect(ended.stored).not.toContain('refresh-2')
})

test('the function for AWS Lambda and that for Workers answer', async () => {
  const network = await startNetwork()
  onTestFinished(network.close)
  for (const [name, value] of Object.entries(network.environment)) vi.stubEnv(name, value)
  vi.stubGlobal('fetch', network.fetch)
  const { handler } = await import(fileOf('AWS Lambda'))
  expect(await handler({ path: '/v1/items' })).toMatchObject({ statusCode: 200 })
  const { createItemsFetch } = await import(fileOf('Workers, Vercel, Netlify'))
  const waits: Promise<unknown>[] = []
  const {
    VALETKEY_M2M_BASE_URL: base = '',
    VALETKEY_M2M_CLIENT_ID: id,
    VALETKEY_M2M_CLIENT_SECRET: secret,
  } = process.env
  const env = { M2M_BASE_URL: base, M2M_CLIENT_ID: id, M2M_CLIENT_SECRET: secret }
  const http: typeof fetch = createItemsFetch(env, (work: Promise<unknown>) => waits.push(work))
  expect((await http(`${base}/v1/items`)).status).toBe(200)
  expect(waits).not.toEqual([])
})
