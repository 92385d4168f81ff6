import { afterEach, expect, test } from 'vitest'
import {
  createTokenCredential,
  GrantError,
  isCredentialError,
  memoryStore,
  type TokenGrant,
  type TokenStore,
} from '../src/index.ts'
import { emptyRecord, parseRecord, serializeRecord } from '../src/tokens/record.ts'

const ATTACKERS = {
  accessToken: 'attackers-token',
  tokenType: 'Bearer',
  issuedAt: 1,
  refreshToken: 'attackers-refresh',
}
const ATTACKERS_RECORD = { v: 1, generation: 9, setId: 'a', writtenBy: 'a', tokens: ATTACKERS }

const polluted: Record<string, unknown> = {
  tokens: ATTACKERS,
  refreshToken: 'attackers-refresh',
  record: ATTACKERS_RECORD,
  value: JSON.stringify({ ...ATTACKERS_RECORD, key: JSON.stringify(['vk1', 'acme', 'test', 'default']) }),
  version: '1',
  signedOut: true,
  dead: { reason: 'polluted', at: 1 },
  rejection: { count: 9, until: 9e15, by: 'a', salt: 'a' },
  claim: { owner: 'a', attempt: 1, base: 'a', until: 9e15 },
  failure: { count: 9, retryAt: 9e15, reason: 'polluted' },
  strikes: { count: 9, setId: '', probeAt: 9e15 },
}

afterEach(() => {
  for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name)
})

function acme(grant: TokenGrant, store: TokenStore = memoryStore()) {
  return createTokenCredential(
    { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['test'], grant },
    { store },
  )
}

/** What it rejects with. */
function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'resolved',
    (error: unknown) => (isCredentialError(error) ? error.code : error),
  )
}

function pollute(name: string): void {
  Object.defineProperty(Object.prototype, name, { value: polluted[name], configurable: true, writable: true })
}

const failing: TokenGrant = {
  acquire: () => Promise.reject(new GrantError({ kind: 'client_rejected', sent: true, status: 401 })),
}

test.each(Object.keys(polluted))('a record that has no tokens gets none by prototype: %s', async (name) => {
  const store = memoryStore()
  expect(await codeOf(acme(failing, store).getToken())).toBe('client_rejected')
  pollute(name)
  for (const credential of [acme(failing, store), acme(failing)]) {
    expect(await codeOf(credential.getToken())).toBe('client_rejected')
    expect(await codeOf(credential.getToken())).toBe('client_rejected')
  }
})

test.each(Object.keys(polluted))('a sign-out is one, whatever a prototype has: %s', async (name) => {
  const refresh = () => Promise.reject(new GrantError({ kind: 'reauthorization_required', sent: true }))
  const store = memoryStore()
  pollute(name)
  expect(await codeOf(acme({ refresh }, store).getToken())).toBe('not_signed_in')
  expect(await acme({ refresh }, store).status()).toEqual({ state: 'signed_out' })
})

test.each(Object.keys(polluted))('tokens are obtained, stored and read as ever: %s', async (name) => {
  const store = memoryStore()
  pollute(name)
  const grant: TokenGrant = { acquire: async () => ({ accessToken: 'own-token', expiresIn: 3600 }) }
  expect((await acme(grant, store).getToken()).accessToken).toBe('own-token')
  expect((await acme(failing, store).getToken()).accessToken).toBe('own-token')
  for await (const key of store.list?.() ?? []) {
    const { value = '' } = await store.get(key)
    expect(value).not.toContain('attackers')
  }
})

test('no member of a record, or of its parts, is read by prototype', () => {
  const record = { ...emptyRecord('k'), tokens: { accessToken: 'a', tokenType: 'Bearer', issuedAt: 1 } }
  const parsed = parseRecord('k', serializeRecord(record))
  expect(parsed).toEqual(record)
  for (const part of [parsed, parsed?.tokens, emptyRecord('k')]) expect('toString' in (part ?? {})).toBe(false)
})
