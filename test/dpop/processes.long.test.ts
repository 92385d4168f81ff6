import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startProofServer } from './support/proof-server.ts'
import type { WorkerPlan } from './support/worker.ts'

const PROCESSES = 8
const CYCLES = 5
const REQUESTS = 5

test('eight processes with one file store use one key and each refresh token once, while the server changes its nonce with every 25 requests and ends all tokens five times', async () => {
  const server = await startProofServer({ refreshTokens: true, nonceLasts: 25 })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-dpop-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const workers = Array.from({ length: PROCESSES }, () =>
    startWorker({ origin: server.origin, folder, requests: REQUESTS }),
  )
  await Promise.all(workers.map(reportOf))

  const outcomes: string[] = []
  for (let cycle = 0; cycle <= CYCLES; cycle += 1) {
    const reports = workers.map(reportOf)
    for (const worker of workers) worker.send('go')
    outcomes.push(...(await Promise.all(reports)).flat())
    server.endTokens()
  }
  const tokenRequests = server.accepted.filter((what) => what.startsWith('POST /token'))
  const reasons = new Set(server.refused)
  expect(outcomes.filter((outcome) => outcome !== '200')).toEqual([])
  expect(outcomes).toHaveLength((CYCLES + 1) * PROCESSES * REQUESTS)
  expect(tokenRequests).toEqual([
    'POST /token password',
    ...Array.from({ length: CYCLES }, () => 'POST /token refresh_token'),
  ])
  expect(server.keys.size).toBe(1)
  // Each process learns of the nonce by one answer; no proof was refused for anything else, and no refresh token came twice.
  expect(reasons).toContain('POST /things use_dpop_nonce')
  expect([...reasons].filter((why) => !/use_dpop_nonce$|^POST \/things invalid_token$/.test(why))).toEqual([])
})

function startWorker(plan: WorkerPlan): ChildProcess {
  const file = fileURLToPath(new URL('support/worker.ts', import.meta.url))
  const worker = fork(file, [JSON.stringify(plan)], { execArgv: ['--conditions=@valetkey/source'] })
  onTestFinished(async () => {
    if (worker.exitCode !== null || worker.signalCode !== null) return
    const exited = once(worker, 'exit')
    worker.kill('SIGKILL')
    await exited
  })
  return worker
}

/** @throws when it ends instead */
async function reportOf(worker: ChildProcess): Promise<string[]> {
  const settled = new AbortController()
  const { signal } = settled
  const ended = once(worker, 'exit', { signal }).then(() => Promise.reject(new Error('a worker ended early')))
  try {
    const [report] = await Promise.race([once(worker, 'message', { signal }), ended])
    return report
  } finally {
    ended.catch(() => undefined)
    settled.abort()
  }
}
