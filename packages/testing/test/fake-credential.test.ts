import { isCredentialError, type ResponseView } from '@valetkey/core'
import { describe, expect, test } from 'vitest'

import { fakeCredential } from '../src/index.ts'

function answer(status: number, headers: Record<string, string> = {}): ResponseView {
  return { status, url: '', header: (name) => headers[name] ?? null, json: async () => undefined }
}

describe('fakeCredential', () => {
  test('the first token is used, a refresh moves to the next, and undefined ends it', async () => {
    const credential = fakeCredential({ tokens: ['stale', 'fresh'] })
    const stale = await credential.authorization()
    expect([stale.headers, stale.generation]).toEqual([{ authorization: 'Bearer stale' }, 1])
    const fresh = await credential.renew(stale)
    expect([fresh?.headers, fresh?.generation]).toEqual([{ authorization: 'Bearer fresh' }, 2])
    expect((await credential.authorization()).headers).toEqual({ authorization: 'Bearer fresh' })
    expect(fresh && (await credential.renew(fresh))).toBeUndefined()
    expect([credential.authorizations, credential.renewals]).toEqual([2, 1])
  })

  test('a late refusal of an older token costs no refresh', async () => {
    const credential = fakeCredential({ tokens: ['a', 'b', 'c'] })
    const first = await credential.authorization()
    await credential.renew(first)
    expect((await credential.renew(first))?.headers).toEqual({ authorization: 'Bearer b' })
    expect(credential.renewals).toBe(1)
  })

  test('it covers every origin, or those that are named', () => {
    expect(fakeCredential({ tokens: [] }).covers('https://api.example.com')).toBe(true)
    const named = fakeCredential({ tokens: [], origins: ['https://api.example.com'] })
    expect([named.covers('https://api.example.com'), named.covers('https://example.com')]).toEqual([true, false])
  })

  test('401 is a refusal, a missing scope and 403 are not', () => {
    const { refuses } = fakeCredential({ tokens: [] })
    const scope = answer(401, { 'www-authenticate': 'Bearer error="insufficient_scope"' })
    expect([refuses(answer(401)), refuses(scope), refuses(answer(403))]).toEqual([true, false, false])
  })

  test('without tokens it is not signed in', async () => {
    const credential = fakeCredential({ tokens: [], vendor: 'acme', account: 'a' })
    const error = await Promise.resolve(credential.authorization()).catch((reason: unknown) => reason)
    expect(isCredentialError(error, 'not_signed_in') && [error.vendor, error.account]).toEqual(['acme', 'a'])
  })

  test.each([
    ['tokens', undefined],
    ['tokens', 'abc'],
    ['origins', 'https://api.example.com'],
  ])('"%s" cannot be %o', (option, value) => {
    expect(() => Reflect.apply(fakeCredential, undefined, [{ tokens: ['a'], [option]: value }])).toThrow(
      expect.objectContaining({ code: 'invalid_option', option }),
    )
  })

  test('it records what a client tells about its requests', () => {
    const credential = fakeCredential({ tokens: ['a'] })
    credential.observe?.('replayed', { generation: 1, status: 200, accepted: true })
    expect(credential.observed).toEqual([{ event: 'replayed', generation: 1, status: 200, accepted: true }])
  })
})
