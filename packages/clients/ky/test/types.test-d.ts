import type { Credential } from '@valetkey/core'
import { withCredential } from '@valetkey/ky'
import ky, { type KyInstance } from 'ky'
import ky1, { type KyInstance as KyInstance1 } from 'ky-1'
import { expectTypeOf, test } from 'vitest'

declare const credential: Credential

test('the result has the type of the instance, in either major', () => {
  expectTypeOf(withCredential(ky, credential)).toEqualTypeOf<KyInstance>()
  expectTypeOf(withCredential(ky1, credential)).toEqualTypeOf<KyInstance1>()
  expectTypeOf(withCredential(ky.create({ timeout: 1_000 }), credential)).toEqualTypeOf<KyInstance>()
})

test('a request takes a valetkey', () => {
  const api = withCredential(ky, credential)
  expectTypeOf(api.get<{ id: string }>('', { valetkey: { credential: false } }).json()).resolves.toEqualTypeOf<{
    id: string
  }>()
  api.extend({ valetkey: { replay: false, optional: true } })
  // @ts-expect-error a member that there is not
  void api.get('', { valetkey: { retry: 3 } })
})

test('a source is one credential, several, or a function', () => {
  expectTypeOf(withCredential<KyInstance>).toBeCallableWith(ky, [credential, credential], { replay: false })
  expectTypeOf(withCredential<KyInstance>).toBeCallableWith(ky, (_url) => undefined)
  // @ts-expect-error a token is no credential
  withCredential(ky, 'token')
  // @ts-expect-error a fetch is no instance of ky
  withCredential(fetch, credential)
  // @ts-expect-error an option that there is not
  withCredential(ky, credential, { retry: 3 })
})
