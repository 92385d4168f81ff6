import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createProject, type Project } from './project.ts'
import { bundleWorker, type StartWorkers, type Workers } from './runtimes/workers.ts'

let project: Project
let startWorkers: StartWorkers

/** The packed packages in an empty project, bundled as Workers are. */
beforeAll(async () => {
  project = await createProject(['core', 'oauth2'])
  startWorkers = await bundleWorker(project.folder, 'worker.mjs')
})

afterAll(() => project[Symbol.asyncDispose]())

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

/** From 2024-11-11 on it takes `cache: 'no-store'`; before, its fetch throws. */
test.each(['2024-11-10', '2024-11-11'])('workerd with the compatibility date %s obtains a token', async (date) => {
  await using endpoint = await tokenEndpoint()
  const start = await bundleWorker(project.folder, 'token-worker.mjs')
  const token = useAndDispose(start({ TOKEN_URL: endpoint.url }, date))
  const answer = await endpoint.firstCall
  answer()
  expect(await token).toBe('token-1')
})

type TokenEndpoint = Awaited<ReturnType<typeof tokenEndpoint>>

async function leaveDuringRefresh(endpoint: TokenEndpoint, keepsAlive: boolean) {
  const workers = startWorkers({ TOKEN_URL: endpoint.url, KEEPS_ALIVE: keepsAlive })
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
