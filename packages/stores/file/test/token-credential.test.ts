import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { ended, startChild } from './support/child.ts'
import { temporaryPath } from './support/folder.ts'
import { rotatingServer } from './support/rotating-server.ts'

const EXPIRIES = 20

test('two processes share a grant: one token call per expiry, and no refresh token is used twice', async () => {
  const path = await temporaryPath()
  const vendor = await rotatingServer()
  const children = [1, 2].map(() => startChild('use-token', [path, vendor.url]))
  onTestFinished(() => void children.map((child) => child.kill('SIGKILL')))
  const answers = children.map((child) => createInterface(child.stdout))
  for (let expiry = 1; expiry <= EXPIRIES; expiry += 1) {
    const tokens = Promise.all(answers.map((lines) => once(lines, 'line')))
    for (const child of children) child.stdin.write('expire\n')
    expect(await tokens).toEqual([[`"access-${expiry}"`], [`"access-${expiry}"`]])
  }
  expect(vendor.issued).toHaveLength(EXPIRIES)
  expect(vendor.refused).toEqual([])
  for (const child of children) child.stdin.end()
  await Promise.all(children.map(ended))
  expect(children.map(({ exitCode }) => exitCode)).toEqual([0, 0])
})
