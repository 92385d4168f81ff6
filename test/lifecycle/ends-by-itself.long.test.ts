import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

const program = fileURLToPath(new URL('support/last-request.ts', import.meta.url))

/** Runs the program until it ends by itself. */
async function run(...args: string[]): Promise<{ code: unknown; lines: string[] }> {
  const child = fork(program, args, {
    execArgv: ['--conditions=@valetkey/source'],
    stdio: ['ignore', 'pipe', 2, 'ipc'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [[code], output] = await Promise.all([once(child, 'exit'), child.stdout ? text(child.stdout) : ''])
  return { code, lines: output.trim().split('\n') }
}

/** A token endpoint that is down, and says to come back at once. */
async function startVendor() {
  const counted = { requests: 0 }
  const server = createServer((_request, response) => {
    counted.requests += 1
    response.writeHead(503, { 'retry-after': '0' }).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, counted }
}

test('a program whose last request for a token failed ends by itself, after four token calls', async () => {
  const { tokenUrl, counted } = await startVendor()
  expect(await run(tokenUrl)).toEqual({ code: 0, lines: ['token_unavailable'] })
  expect(counted.requests).toBe(4)
})

test('a program whose callers have all left ends by itself, after the token call under way', async () => {
  const { tokenUrl, counted } = await startVendor()
  expect(await run(tokenUrl, 'none')).toEqual({ code: 0, lines: ['left'] })
  expect(counted.requests).toBe(1)
})

test('a program whose own grant refuses the sign-in signs in once and ends by itself', async () => {
  expect(await run('grant-dead')).toEqual({ code: 0, lines: ['sign-in', 'client_rejected'] })
})
