import { attachCredential } from '@valetkey/axios'
import { type Credential, isCredentialError, type RequestOptions } from '@valetkey/core'
import { CredentialError } from '@valetkey/core/kit'
import { fakeCredential } from '@valetkey/testing'
import { accepting } from '@valetkey-app/test-support/accepting'
import { serve } from '@valetkey-app/test-support/serve'
import type { AxiosError } from 'axios'
import { describe, expect, test } from 'vitest'
import { VARIANTS } from './support/variants.ts'

function failing(error: CredentialError): Credential {
  return { ...fakeCredential({ tokens: [] }), authorization: () => Promise.reject(error) }
}

const init = { vendor: 'fake', since: 0, retryAt: 0, reason: 'invalid_grant' }

describe.each(VARIANTS)('$name: one request', ({ create }) => {
  test('has another credential, or none, and is or is not sent again', async () => {
    const server = await serve(accepting('t2'))
    const http = create({ validateStatus: null })
    attachCredential(http, fakeCredential({ tokens: ['t1', 't2'] }))
    const send = async (valetkey?: RequestOptions) => (await http.get(server.origin, { valetkey })).status
    const other = fakeCredential({ tokens: ['o1', 'o2'] })
    expect([
      await send({ credential: false }),
      await send({ credential: other }),
      await send({ replay: false }),
    ]).toEqual([401, 401, 401])
    expect(await send()).toBe(200)
    const sent = server.received.map(({ headers }) => headers.authorization?.split(' ')[1])
    expect(sent).toEqual([undefined, 'o1', 'o2', 't1', 't2'])
    expect(other.renewals).toBe(1)
  })

  test('may ask to be sent again where the instance does not', async () => {
    const server = await serve(accepting('t2'))
    const http = create()
    attachCredential(http, fakeCredential({ tokens: ['t1', 't2'] }), { replay: false })
    expect((await http.get(server.origin, { valetkey: { replay: true } })).data).toBe('welcome')
  })

  test('that is optional goes without a credential where somebody must sign in, and only there', async () => {
    const server = await serve(({ headers }) => ({ body: headers.authorization ?? 'nobody' }))
    const valetkey = { optional: true }
    const answers = [
      failing(new CredentialError('reauthorization_required', 'sign in again', init)),
      fakeCredential({ tokens: ['t1'] }),
      failing(new CredentialError('token_unavailable', 'down', init)),
    ].map(async (credential) => {
      const http = create()
      attachCredential(http, credential)
      return (await http.get(server.origin, { valetkey }).catch((error: AxiosError) => ({ data: error.code }))).data
    })
    expect(await Promise.all(answers)).toEqual(['nobody', 'Bearer t1', 'token_unavailable'])
  })

  test('with options that there are not is not sent', async () => {
    const http = create()
    attachCredential(http, fakeCredential({ tokens: ['t1'] }))
    for (const valetkey of [{ retry: 3 }, { credential: 'token' }, 'none']) {
      const error: unknown = await http
        .get('https://api.example.com/', { valetkey: valetkey as RequestOptions })
        .catch((it: unknown) => it)
      expect(isCredentialError(error, 'invalid_option')).toBe(true)
    }
  })

  test('to an origin that no credential covers is told, or fails, as the instance wants', async () => {
    const server = await serve(() => ({}))
    const told: string[] = []
    const source = fakeCredential({ tokens: ['t1'], origins: ['https://api.example.com'] })
    const telling = create()
    attachCredential(telling, source, { onUncovered: (origin) => told.push(origin) })
    await telling.get(server.origin)
    const strict = create()
    attachCredential(strict, source, { uncovered: 'throw' })
    await expect(strict.get(server.origin)).rejects.toMatchObject({
      code: 'uncovered_origin',
      config: { url: server.origin },
    })
    expect([told, server.received.length]).toEqual([[server.origin], 1])
  })
})
