import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killProcess, startProcess } from '@valetkey-app/test-support/processes'
import { expect, onTestFinished, test } from 'vitest'
import type { Measured, Told } from './processes/observe/main.ts'
import { startVendor } from './support/vendor.ts'

const program = new URL('processes/observe/main.ts', import.meta.url)

/** The next message that the child sends of this kind. */
function next<T extends Told>(child: ChildProcess, is: (told: Told) => told is T): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)))
    child.on('message', (told: Told) => is(told) && resolve(told))
  })
}

const isReady = (told: Told): told is 'ready' => told === 'ready'
const isWaiting = (told: Told): told is 'waiting' => told === 'waiting'
const isMeasured = (told: Told): told is Measured => typeof told === 'object'

test('of two processes one has the span of the token request, the other that of its wait', async () => {
  const vendor = await startVendor()
  const folder = await mkdtemp(join(tmpdir(), 'valetkey-otel-'))
  const [first, second] = [1, 2].map(() => startProcess(program, [vendor.origin, folder]))
  if (!first || !second) throw new Error('two processes')
  onTestFinished(async () => {
    await Promise.all([first, second].map(killProcess))
    await vendor.close()
    await rm(folder, { recursive: true })
  })
  await Promise.all([next(first, isReady), next(second, isReady)])
  const { arrived, release } = vendor.hold()
  const [ofFirst, ofSecond] = [next(first, isMeasured), next(second, isMeasured)]
  first.send('use')
  await arrived
  const waiting = next(second, isWaiting)
  second.send('use')
  await waiting
  release()
  const attributes = { 'valetkey.vendor': 'acme' }
  const request = { name: 'request', isOfRequest: false }
  expect(await ofFirst).toMatchObject({
    accessToken: (await ofSecond).accessToken,
    spans: [{ name: 'credential.acquire', isOfRequest: true }, request],
    waits: [],
    requests: [{ attributes: { ...attributes, 'valetkey.operation': 'acquire' }, count: 1 }],
  })
  const { spans, waits, requests } = await ofSecond
  expect(spans).toMatchObject([{ name: 'credential.wait', isOfRequest: true }, request])
  expect(waits).toMatchObject([{ attributes, count: 1 }])
  expect(requests).toEqual([])
  expect(spans[0]?.durationMs).toBeGreaterThan(0)
  expect(vendor.tokenCalls()).toBe(1)
})
