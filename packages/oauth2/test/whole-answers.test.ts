import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { acquire, clientGrant, failureOf } from './helpers/grants.ts'
import { startTokenServer } from './helpers/token-server.ts'

/** A fetch whose answers show their body only as a whole. */
function wholeFetch(bodyOf: (text: string) => unknown, hidden: readonly string[] = []): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const { status, url } = response
    const text = await response.text()
    const headers = new Headers([...response.headers].filter(([name]) => !hidden.includes(name)))
    return { status, url, headers, body: bodyOf(text), text: async () => text } as unknown as Response
  }
}

describe.each([
  { platform: 'React Native, without a body', bodyOf: () => undefined },
  { platform: 'node-fetch, with a stream of Node', bodyOf: (text: string) => Readable.from([text]) },
])('an answer of $platform', ({ bodyOf }) => {
  test('is read', async () => {
    await using server = await startTokenServer({ body: { access_token: 'token', expires_in: 60 } })
    const grant = clientGrant({ tokenUrl: server.tokenUrl })
    expect(await acquire(grant, { fetch: wholeFetch(bodyOf) })).toMatchObject({ accessToken: 'token', expiresIn: 60 })
  })

  test.each([[[]], [['content-length']]])(
    'larger than 1 MiB is not used, told so in the headers or not',
    async (hidden) => {
      await using server = await startTokenServer({
        headers: { 'content-length': '1048577' },
        body: ' '.repeat(1_048_577),
      })
      const asked = acquire(clientGrant({ tokenUrl: server.tokenUrl }), { fetch: wholeFetch(bodyOf, hidden) })
      const failure = {
        kind: 'token_unavailable',
        sent: true,
        status: 200,
        description: 'the answer is larger than 1 MiB',
      }
      expect(await failureOf(asked)).toEqual(failure)
    },
  )
})
