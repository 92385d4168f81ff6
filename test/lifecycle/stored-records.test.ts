import type { TokenCredential, TokenGrant, TokenStore } from '@valetkey/core'
import { createTokenCredential, memoryStore } from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'

const KEY = '["vk1","acme","harbour","default"]'

/** As 0.1.0 writes it after a refresh: `claim` is a lease that was given back in doubt, `failure` one of the token endpoint. */
function recordOf010(now: number) {
  return {
    v: 1,
    key: KEY,
    generation: 7,
    setId: 'p1:1:1',
    parent: { setId: 'p0:1:1', attempt: 1 },
    tokens: {
      accessToken: 'access-7',
      tokenType: 'Bearer',
      issuedAt: now - 60_000,
      expiresAt: now + 3_600_000,
      refreshToken: 'refresh-7',
      isRenewal: true,
    },
    claim: { owner: 'p1:2:1', attempt: 1, base: 'p1:1:1', until: 0 },
    failure: { count: 1, retryAt: now - 1_000, reason: 'status 503' },
    strikes: { count: 1, setId: 'p0:1:1', probeAt: now - 1_000 },
    writtenBy: 'p1:2:1',
  }
}

async function startWith(members: object) {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  await store.compareAndSet(KEY, undefined, JSON.stringify({ ...recordOf010(clock.now()), ...members }))
  const sent: string[] = []
  const grant: TokenGrant = {
    refresh: async (refreshToken) => {
      sent.push(refreshToken)
      return { accessToken: 'access-8', refreshToken: 'refresh-8', expiresIn: 3600 }
    },
  }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['harbour'], grant }
  return { clock, store, sent, credential: createTokenCredential(definition, { store, clock }) }
}

async function stored(store: TokenStore): Promise<Record<string, unknown>> {
  return JSON.parse((await store.get(KEY)).value ?? '{}')
}

test('a record that 0.1.0 wrote gives its token, and its refresh token once', async () => {
  const { clock, sent, credential } = await startWith({})
  expect((await credential.getToken()).accessToken).toBe('access-7')
  await clock.advance(3_600_000)
  expect((await credential.getToken()).accessToken).toBe('access-8')
  expect(sent).toEqual(['refresh-7'])
})

const CHANGES: Readonly<Record<string, (credential: TokenCredential) => Promise<unknown>>> = {
  'a refresh': (credential) => credential.getToken(),
  'a sign-in': (credential) => storeSignIn(credential, { accessToken: 'access-9', refreshToken: 'refresh-9' }),
  'a sign-out': (credential) => credential.signOut(),
}

test.each(Object.entries(CHANGES))('what a newer version has added to a record survives %s', async (_name, change) => {
  const { clock, store, credential } = await startWith({ device: { id: 'd-1' } })
  await clock.advance(3_600_000)
  await change(credential)
  expect(await stored(store)).toMatchObject({ device: { id: 'd-1' } })
  expect(await stored(store)).not.toMatchObject({ generation: 7 })
})

test.each(['parent', 'claim', 'failure', 'dead', 'signedOut', 'strikes'])('null is an absent %s', async (name) => {
  const { credential } = await startWith({ [name]: null })
  expect((await credential.getToken()).accessToken).toBe('access-7')
})

test('null is an absent member of the tokens, and a member of the vendor’s own', async () => {
  const tokens = { accessToken: 'access-7', tokenType: 'Bearer', issuedAt: 1, expiresAt: null, extra: { plan: null } }
  const { store, credential } = await startWith({ tokens })
  expect((await credential.getToken()).accessToken).toBe('access-7')
  expect(await stored(store)).toMatchObject({ tokens: { extra: { plan: null } } })
})
