import { cp, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { run } from './run.ts'

const requireRuntime = createRequire(join(import.meta.dirname, '../runtimes/package.json'))

interface Workers {
  dispatchFetch(url: string): Promise<{ text(): Promise<string> }>
  dispose(): Promise<void>
}

interface WorkersOptions {
  readonly modules: true
  readonly script: string
  readonly compatibilityDate: string
  readonly bindings: Readonly<Record<string, unknown>>
}

let folder: string
let script: string
let startWorkers: (options: WorkersOptions) => Workers

/** The packed core in an empty project, bundled as Workers are. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'valetkey-workerd-'))
  await cp(join(import.meta.dirname, 'smoke'), folder, { recursive: true })
  const core = inject('tarballs').filter((path) => basename(path).startsWith('valetkey-core-'))
  await run('npm', ['install', '--no-audit', '--no-fund', ...core], { cwd: folder })
  const { build } = await importRuntime<{ build(options: object): Promise<{ outputFiles: { text: string }[] }> }>(
    'esbuild',
  )
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'worker.mjs')],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['workerd', 'worker'],
    external: ['cloudflare:workers'],
  })
  script = outputFiles[0]?.text ?? ''
  const { Miniflare } = await importRuntime<{ Miniflare: new (options: WorkersOptions) => Workers }>('miniflare')
  startWorkers = (options) => new Miniflare(options)
})

afterAll(() => rm(folder, { recursive: true }))

describe('on workerd, a request that began a refresh and ended', () => {
  test('with waitUntil, leaves a refresh that goes on for the others', async () => {
    await using endpoint = await tokenEndpoint()
    const { later, answerFirst } = await leaveDuringRefresh(endpoint, true)
    answerFirst()
    expect(await later).toBe('token-1')
    expect(endpoint.calls()).toBe(1)
  })

  test('without it, hangs nobody: the lease ends and another request takes over', async () => {
    await using endpoint = await tokenEndpoint()
    const { later } = await leaveDuringRefresh(endpoint, false)
    expect(await later).toBe('token-2')
    expect(endpoint.calls()).toBe(2)
  })
})

type TokenEndpoint = Awaited<ReturnType<typeof tokenEndpoint>>

async function leaveDuringRefresh(endpoint: TokenEndpoint, keepsAlive: boolean) {
  const bindings = { TOKEN_URL: endpoint.url, KEEPS_ALIVE: keepsAlive }
  const workers = startWorkers({ modules: true, script, compatibilityDate: '2026-07-01', bindings })
  await workers.dispatchFetch('http://worker.example/leave')
  const answerFirst = await endpoint.firstCall
  const later = useAndDispose(workers)
  return { later, answerFirst }
}

async function useAndDispose(workers: Workers): Promise<string> {
  const response = await workers.dispatchFetch('http://worker.example/use')
  const token = await response.text()
  await workers.dispose()
  return token
}

/** Answers every call but the first at once; that one when told to. */
async function tokenEndpoint() {
  let calls = 0
  let onFirstCall: (answer: () => void) => void
  const firstCall = new Promise<() => void>((resolve) => {
    onFirstCall = resolve
  })
  const answer = (response: ServerResponse, token: string) => () => response.end(token)
  const server = createServer((_request, response) => {
    calls += 1
    if (calls === 1) onFirstCall(answer(response, 'token-1'))
    else answer(response, `token-${calls}`)()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    firstCall,
    calls: () => calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function importRuntime<T>(name: string): Promise<T> {
  return await import(pathToFileURL(requireRuntime.resolve(name)).href)
}
