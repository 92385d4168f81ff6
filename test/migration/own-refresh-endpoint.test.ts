import { attachCredential } from '@valetkey/axios'
import { createTokenCredential, GrantError, type TokenCredential } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { simulators } from '@valetkey/testing/simulators'
import axios from 'axios'
import { expect, test } from 'vitest'
import { CLIENT, traffic } from './support/world.ts'

test('a refresh endpoint of the program’s own is a grant: what it answers is the token', async () => {
  await using vendor = await simulators.m2m(CLIENT)
  const http = axios.create({ baseURL: vendor.baseUrl })
  attachCredential(http, createCredential(vendor.baseUrl))
  vendor.failNext({ on: 'api', status: 200, body: { token: 'access-1' } })
  vendor.failNext({ on: 'api', status: 200, body: [] })
  await http.get('/boats')
  expect(vendor.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/session/refresh', undefined],
    ['/boats', 'Bearer access-1'],
  ])
})

test('a session that is over is told once and rejects requests; after the next sign-in they go out again', async () => {
  await using vendor = await simulators.m2m(CLIENT)
  const http = axios.create({ baseURL: vendor.baseUrl })
  const credential = createCredential(vendor.baseUrl)
  const told: unknown[] = []
  credential.on('refresh_failed', ({ status }) => told.push(status))
  attachCredential(http, credential)
  vendor.failNext({ on: 'api', status: 401 })
  await expect(http.get('/boats')).rejects.toMatchObject({ code: 'client_rejected', status: 401 })
  expect(told).toEqual([401])
  await storeSignIn(credential, { accessToken: 'access-2' })
  vendor.failNext({ on: 'api', status: 200, body: [] })
  await http.get('/boats')
  expect(traffic(vendor)).toEqual(['api 401', 'api 200'])
  expect(vendor.requests.at(-1)?.headers.authorization).toBe('Bearer access-2')
})

/** As in docs/migrate-from-axios-auth-refresh.md. */
function createCredential(baseUrl: string): TokenCredential {
  return createTokenCredential(
    {
      vendor: 'acme',
      origins: [baseUrl],
      identity: [`${baseUrl}/session/refresh`],
      grant: {
        async acquire({ fetch, signal }) {
          const response = await fetch(`${baseUrl}/session/refresh`, { method: 'POST', credentials: 'include', signal })
          const { status } = response
          if (status === 401) throw new GrantError({ kind: 'client_rejected', sent: true, status })
          if (status !== 200) throw new GrantError({ kind: 'token_unavailable', sent: true, status })
          const { token } = (await response.json()) as { token: string }
          return { accessToken: token }
        },
      },
    },
    { allowInsecureRequests: true },
  )
}
