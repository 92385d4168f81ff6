import { withCredential } from '@valetkey/fetch'
import * as m2m from '@valetkey/m2m'
import { fakeCredential } from '@valetkey/testing'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterEach, describe, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'
import { startRealServer } from './real-server.ts'

const API = 'https://api.example.com'
const ELSEWHERE = 'https://elsewhere.example'

const seen: string[] = []
const msw = setupServer()

afterEach(() => {
  msw.close()
  msw.resetHandlers()
  seen.length = 0
})

/** Answers all requests to an origin, and notes what they carried. */
function answering(origin: string, answer: (authorization: string, path: string) => Response) {
  return http.all(`${origin}/*`, async ({ request }) => {
    const authorization = request.headers.get('authorization') ?? 'nothing'
    const { pathname } = new URL(request.url)
    seen.push([pathname, authorization, await request.text()].join(' ').trim())
    return answer(authorization, pathname)
  })
}

function accepting(token: string) {
  return (authorization: string) =>
    authorization === `Bearer ${token}` ? HttpResponse.text('welcome') : new HttpResponse(null, { status: 401 })
}

describe.each(CLIENTS)('msw and $name', ({ make }) => {
  test('a refused request is sent once more with the renewed credential, body and all', async () => {
    const send = make(fakeCredential({ tokens: ['t1', 't2'] }))
    msw.use(answering(API, accepting('t2')))
    msw.listen({ onUnhandledFrame: 'error' })
    expect(await send(`${API}/boats`, { name: 'Åse' })).toEqual({ status: 200, text: 'welcome' })
    expect(seen).toEqual(['/boats Bearer t1 {"name":"Åse"}', '/boats Bearer t2 {"name":"Åse"}'])
  })

  test('a redirect takes the credential along to its own origin, and to no other', async () => {
    const send = make(fakeCredential({ tokens: ['t1'], origins: [API] }))
    const to = (location: string) => new HttpResponse(null, { status: 302, headers: { location } })
    msw.use(
      answering(API, (_authorization, path) => to(path === '/first' ? `${API}/second` : `${ELSEWHERE}/third`)),
      answering(ELSEWHERE, () => HttpResponse.text('welcome')),
    )
    msw.listen({ onUnhandledFrame: 'error' })
    expect(await send(`${API}/first`)).toEqual({ status: 200, text: 'welcome' })
    expect(seen).toEqual(['/first Bearer t1', '/second Bearer t1', '/third nothing'])
  })

  test('a vendor’s token request is answered by a handler as well', async () => {
    const send = make(m2m.clientCredentials({ baseUrl: API, clientId: 'harbour', clientSecret: 's3cret' }))
    const token = { token_type: 'Bearer', expires_in: 3600, access_token: 'from-msw' }
    msw.use(
      http.post(`${API}/oauth/v2/token`, () => HttpResponse.json(token)),
      answering(API, accepting('from-msw')),
    )
    msw.listen({ onUnhandledFrame: 'error' })
    expect(await send(`${API}/items`)).toEqual({ status: 200, text: 'welcome' })
  })

  test('a request that no handler knows reaches its server, with the credential', async () => {
    const { origin } = await startRealServer()
    msw.listen({ onUnhandledFrame: 'bypass' })
    expect(await make(fakeCredential({ tokens: ['t1'] }))(origin)).toEqual({ status: 200, text: 'Bearer t1' })
  })
})

test('a fetch that was wrapped itself before msw replaced it goes on to the network', async () => {
  const wrapped = withCredential(fetch, fakeCredential({ tokens: ['t1'] }))
  const { origin } = await startRealServer()
  msw.use(answering(origin, () => HttpResponse.text('from msw')))
  msw.listen({ onUnhandledFrame: 'error' })
  expect(await (await wrapped(origin)).text()).toBe('Bearer t1')
})
