import * as m2m from '@valetkey/m2m'
import { fakeCredential } from '@valetkey/testing'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'
import { startRealServer } from './real-server.ts'

const API = 'https://api.example.com'
const ELSEWHERE = 'https://elsewhere.example'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  const pending = nock.pendingMocks()
  nock.cleanAll()
  if (pending.length > 0) throw new Error(`not requested: ${pending.join(', ')}`)
})

/** Requests to an origin with this token, or with none. */
function carrying(origin: string, token?: string) {
  if (token === undefined) return nock(origin, { badheaders: ['authorization'] })
  return nock(origin, { reqheaders: { authorization: `Bearer ${token}` } })
}

describe.each(CLIENTS)('nock and $name', ({ make }) => {
  test('a refused request is sent once more with the renewed credential, body and all', async () => {
    const send = make(fakeCredential({ tokens: ['t1', 't2'] }))
    carrying(API, 't1').post('/boats', { name: 'Åse' }).reply(401)
    carrying(API, 't2').post('/boats', { name: 'Åse' }).reply(200, 'welcome')
    expect(await send(`${API}/boats`, { name: 'Åse' })).toEqual({ status: 200, text: 'welcome' })
  })

  test('a redirect takes the credential along to its own origin, and to no other', async () => {
    const send = make(fakeCredential({ tokens: ['t1'], origins: [API] }))
    carrying(API, 't1')
      .get('/first')
      .reply(302, '', { location: `${API}/second` })
    carrying(API, 't1')
      .get('/second')
      .reply(302, '', { location: `${ELSEWHERE}/third` })
    carrying(ELSEWHERE).get('/third').reply(200, 'welcome')
    expect(await send(`${API}/first`)).toEqual({ status: 200, text: 'welcome' })
  })

  test('a vendor’s token request is answered by an interceptor as well', async () => {
    const send = make(m2m.clientCredentials({ baseUrl: API, clientId: 'harbour', clientSecret: 's3cret' }))
    const token = { token_type: 'Bearer', expires_in: 3600, access_token: 'from-nock' }
    nock(API).post('/oauth/v2/token', 'grant_type=client_credentials').reply(200, token)
    carrying(API, 'from-nock').get('/items').reply(200, 'welcome')
    expect(await send(`${API}/items`)).toEqual({ status: 200, text: 'welcome' })
  })

  test('a request that is let through reaches its server, with the credential', async () => {
    const { origin } = await startRealServer()
    nock.enableNetConnect('127.0.0.1')
    expect(await make(fakeCredential({ tokens: ['t1'] }))(origin)).toEqual({ status: 200, text: 'Bearer t1' })
  })
})
