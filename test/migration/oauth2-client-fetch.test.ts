import { memoryStore, type TokenStore } from '@valetkey/core'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials, password } from '@valetkey/oauth2'
import { describe, expect, test } from 'vitest'
import { startOAuthWorld, tokens } from './support/oauth-world.ts'
import { traffic } from './support/world.ts'

const USER = { username: 'robin@example.com', password: 'example-password' }

describe('the wrapped fetch', () => {
  test('obtains a token when one is first needed, and sends it', async () => {
    const { vendor, settings } = await startOAuthWorld()
    const api = withCredential(fetch, clientCredentials(settings))
    expect((await api(`${vendor.baseUrl}/v1/items`)).status).toBe(200)
    expect(vendor.requests.at(-1)?.headers.authorization).toMatch(/^Bearer .+/)
  })

  test('waits for a token that takes its time', async () => {
    const { vendor, settings } = await startOAuthWorld()
    const api = withCredential(fetch, clientCredentials(settings))
    const release = vendor.hold('token')
    const answer = api(`${vendor.baseUrl}/v1/items`)
    await vendor.waitForRequests('token', 1)
    expect(vendor.apiCalls()).toBe(0)
    release()
    expect((await answer).status).toBe(200)
  })

  test('asks for no token when the store has one, here that of an earlier run of the program', async () => {
    const { vendor, settings, clock } = await startOAuthWorld()
    const store = memoryStore({ clock })
    await clientCredentials({ ...settings, store }).getToken()
    const later = clientCredentials({ ...settings, store: restarted(store) })
    expect((await withCredential(fetch, later)(`${vendor.baseUrl}/v1/items`)).status).toBe(200)
    expect(traffic(vendor)).toEqual(['token 200', 'api 200'])
  })

  test('waits for a store that takes its time', async () => {
    const { vendor, settings, clock } = await startOAuthWorld()
    const store = memoryStore({ clock })
    await clientCredentials({ ...settings, store }).getToken()
    let open = () => {}
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    const slow = { ...restarted(store), get: (key: string) => opened.then(() => store.get(key)) }
    const answer = withCredential(fetch, clientCredentials({ ...settings, store: slow }))(`${vendor.baseUrl}/v1/items`)
    open()
    expect((await answer).status).toBe(200)
    expect(vendor.tokenCalls()).toBe(1)
  })

  test('hands on a request of the program as it is: a Request, its headers and its body', async () => {
    const { vendor, settings } = await startOAuthWorld()
    const api = withCredential(fetch, clientCredentials(settings))
    const headers = { 'content-type': 'text/plain', 'x-request-id': '1' }
    await api(new Request(`${vendor.baseUrl}/v1/orders`, { method: 'POST', headers, body: 'an order' }))
    expect(vendor.requests.at(-1)).toMatchObject({ method: 'POST', headers, body: 'an order' })
  })

  test('renews once for many refused requests, and sends each again with its body', async () => {
    const { vendor, settings, clock } = await startOAuthWorld()
    const api = withCredential(fetch, clientCredentials(settings))
    await api(`${vendor.baseUrl}/v1/items`)
    await clock.advance(3_000)
    vendor.revokeAll()
    const bodies = ['first', 'second', 'third']
    await Promise.all(bodies.map((body) => api(`${vendor.baseUrl}/v1/orders`, { method: 'POST', body })))
    expect(vendor.tokenCalls()).toBe(2)
    const accepted = vendor.requests.filter(({ status }) => status === 404)
    expect(accepted.map(({ body }) => body).toSorted()).toEqual(bodies)
  })

  test('a refusal that comes after the refresh costs no further one', async () => {
    const { vendor, settings, clock } = await startOAuthWorld()
    const api = withCredential(fetch, clientCredentials(settings))
    const url = `${vendor.baseUrl}/v1/items`
    await api(url)
    await clock.advance(3_000)
    vendor.revokeAll()
    const release = vendor.hold('api', 1)
    const late = api(url)
    await vendor.waitForRequests('api', 2)
    await api(url)
    release()
    expect((await late).status).toBe(200)
    expect(vendor.tokenCalls()).toBe(2)
  })

  test('a sign-in that is over for good is a typed error, told once as an event; the request is not sent', async () => {
    const { vendor, settings, answerNext } = await startOAuthWorld()
    answerNext({ error: 'invalid_grant', error_description: 'Wrong password' }, 400)
    const credential = password({ ...settings, ...USER })
    const failures: string[] = []
    credential.on('refresh_failed', ({ reason }) => failures.push(reason))
    const sending = withCredential(fetch, credential)(`${vendor.baseUrl}/v1/items`)
    await expect(sending).rejects.toMatchObject({ code: 'client_rejected', oauthError: 'invalid_grant' })
    expect(failures).toHaveLength(1)
    expect(vendor.apiCalls()).toBe(0)
  })

  test('each new token is in the store before it is used', async () => {
    const { vendor, settings, clock, answerNext } = await startOAuthWorld()
    const store = memoryStore({ clock })
    const stored: string[] = []
    const recording: TokenStore = {
      ...store,
      async compareAndSet(key, expected, value, options) {
        const result = await store.compareAndSet(key, expected, value, options)
        stored.push(...(value.match(/access-\d/g) ?? []))
        return result
      },
    }
    answerNext(tokens('access-1'))
    const credential = clientCredentials({ ...settings, store: recording })
    const { accessToken } = await credential.getToken()
    expect(stored).toContain(accessToken)
    expect(vendor.tokenCalls()).toBe(1)
  })
})

/** The same records for a program that remembers nothing else. */
function restarted(store: TokenStore): TokenStore {
  return { ...store }
}
