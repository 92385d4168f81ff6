import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Credential } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { fakeCredential } from '@valetkey/testing'
import { expect, onTestFinished, test } from 'vitest'

/** As docs/recipes.md has it. */
async function* eventText(url: string, credential: Credential): AsyncGenerator<string> {
  const response = await withCredential(fetch, credential)(url, { headers: { accept: 'text/event-stream' } })
  if (!response.ok || !response.body) throw new Error(`no events: status ${response.status}`)
  const decoder = new TextDecoder()
  for await (const bytes of response.body) yield decoder.decode(bytes, { stream: true })
}

test('events arrive while their stream is open, and each connection has the token then valid', async () => {
  const carried: (string | undefined)[] = []
  const open: ServerResponse[] = []
  let accepted = 'Bearer t1'
  const server = createServer(({ headers: { authorization } }, response) => {
    carried.push(authorization)
    if (authorization !== accepted) return response.writeHead(401).end()
    open.push(response)
    return response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`data: ${open.length}\n\n`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server[Symbol.asyncDispose]())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credential = fakeCredential({ tokens: ['t1', 't2'], origins: [origin] })

  const first = eventText(origin, credential)
  expect((await first.next()).value).toBe('data: 1\n\n')
  accepted = 'Bearer t2'
  open[0]?.end()
  expect((await first.next()).done).toBe(true)
  const second = eventText(origin, credential)
  expect((await second.next()).value).toBe('data: 2\n\n')
  await second.return(undefined)
  expect(carried).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2'])
})
