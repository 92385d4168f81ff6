import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'

test('a process that stands still while its token request is answered, longer than a caller waits, hands out the token', async () => {
  let requested = (_answer: () => void): void => {}
  const request = new Promise<() => void>((resolve) => {
    requested = resolve
  })
  const server = createServer((_request, response) => {
    const body = JSON.stringify({ access_token: 'answered', token_type: 'Bearer', expires_in: 3600 })
    requested(() => response.writeHead(200, { 'content-type': 'application/json' }).end(body))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const program = fork(new URL('./support/frozen-refresh.ts', import.meta.url), [tokenUrl], {
    execArgv: ['--conditions=@valetkey/source'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  onTestFinished(() => {
    program.kill()
    server.close()
    server.closeAllConnections()
  })
  const lines: string[] = []
  const answer = await request
  program.send('freeze')
  for await (const line of createInterface({ input: program.stdout as NodeJS.ReadableStream })) {
    lines.push(line)
    if (line === 'frozen') answer()
  }
  expect(lines).toEqual(['frozen', 'answered'])
})
