import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Credential, CredentialSource } from '@valetkey/core'
import { fakeCredential } from '@valetkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { CLIENTS } from './clients.ts'

/** A back end with a log-in that nobody passes, and an API that takes the second token only. */
async function startBackEnd() {
  const seen: string[] = []
  const server = createServer(({ url = '', headers: { authorization = 'nothing' } }, response) => {
    seen.push(`${url} ${authorization}`)
    response.writeHead(url.startsWith('/auth/') || authorization === 'Bearer t1' ? 401 : 200).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server[Symbol.asyncDispose]())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

/** As docs/recipes.md has it. */
function exceptLogIn(credential: Credential): CredentialSource {
  return (url) => (new URL(url).pathname.startsWith('/auth/') ? undefined : credential)
}

describe.each(CLIENTS)('a log-in on the origin of the API, with $name', ({ make }) => {
  test('is sent once and as it is where the source leaves it out', async () => {
    const { origin, seen } = await startBackEnd()
    const credential = fakeCredential({ tokens: ['t1', 't2'], origins: [origin] })
    const send = make(exceptLogIn(credential))
    expect((await send(`${origin}/auth/login`, { password: 'wrong' })).status).toBe(401)
    expect([seen, credential.renewals]).toEqual([['/auth/login nothing'], 0])
    expect((await send(`${origin}/boats`)).status).toBe(200)
    expect(seen.slice(1)).toEqual(['/boats Bearer t1', '/boats Bearer t2'])
  })

  test('is sent twice where it is covered', async () => {
    const { origin, seen } = await startBackEnd()
    const send = make(fakeCredential({ tokens: ['t1', 't2'], origins: [origin] }))
    await send(`${origin}/auth/login`, { password: 'wrong' })
    expect(seen).toEqual(['/auth/login Bearer t1', '/auth/login Bearer t2'])
  })
})
