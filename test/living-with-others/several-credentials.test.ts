import { AsyncLocalStorage } from 'node:async_hooks'
import { type FakeCredential, fakeCredential } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'
import { startRealServer } from './real-server.ts'

const isFirst = (authorization: string) => authorization.endsWith('-1')

describe.each(CLIENTS)('several credentials on $name', ({ make }) => {
  test('each goes to its own origin and is renewed for itself; other origins get none', async () => {
    const [water, air, other] = [await startRealServer(isFirst), await startRealServer(), await startRealServer()]
    const credentials = [
      fakeCredential({ tokens: ['water-1', 'water-2'], origins: [water.origin] }),
      fakeCredential({ tokens: ['air-1', 'air-2'], origins: [air.origin] }),
    ]
    const send = make(credentials)
    const answers = await Promise.all([water, air, other].map(({ origin }) => send(origin)))
    expect(answers.map(({ text }) => text)).toEqual(['Bearer water-2', 'Bearer air-1', ''])
    expect(credentials.map(({ renewals }) => renewals)).toEqual([1, 0])
  })

  test('of two for one origin the first is used, and a refusal tries no other', async () => {
    const api = await startRealServer(() => true)
    const [first, second] = [fakeCredential({ tokens: ['t-1', 't-2'] }), fakeCredential({ tokens: ['u-1'] })]
    expect((await make([first, second])(api.origin)).status).toBe(401)
    expect([api.carried, second.authorizations]).toEqual([['Bearer t-1', 'Bearer t-2'], 0])
  })

  test('a function gives each user of a server a credential, whose refreshes concern nobody else', async () => {
    const api = await startRealServer(isFirst)
    const robin = fakeCredential({ tokens: ['robin-1', 'robin-2'] })
    const kim = fakeCredential({ tokens: ['kim-2', 'kim-3'] })
    const user = new AsyncLocalStorage<FakeCredential>()
    const send = make(() => user.getStore())
    const answers = await Promise.all([robin, kim, robin].map((each) => user.run(each, () => send(api.origin))))
    expect(answers.map(({ text }) => text)).toEqual(['Bearer robin-2', 'Bearer kim-2', 'Bearer robin-2'])
    expect([robin.renewals, kim.renewals]).toEqual([1, 0])
    expect((await send(api.origin)).text).toBe('')
  })

  test('a function that fails rejects the request, and nothing is sent', async () => {
    const api = await startRealServer()
    const send = make(() => {
      throw new Error('no session')
    })
    await expect(send(api.origin)).rejects.toThrow('no session')
    expect(api.carried).toEqual([])
  })
})
