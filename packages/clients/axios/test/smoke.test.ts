import { attachCredential } from '@valetkey/axios'
import { fakeCredential } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { accepting } from './support/accepting.ts'
import { serve } from './support/server.ts'
import { VARIANTS } from './support/variants.ts'

describe.each(VARIANTS)('$name', ({ create }) => {
  test('renews', async () => {
    const server = await serve(accepting('t2', '{"ok":true}'))
    const http = create({ baseURL: server.origin })
    attachCredential(http, fakeCredential({ tokens: ['t1', 't2'] }))
    const { data, config } = await http.post('/v1/boats', { name: 'Åse' }, { params: { a: 'b c' } })
    expect(data).toEqual({ ok: true })
    expect(config.headers.has('authorization')).toBe(false)
    expect(
      server.received.map(({ method, path, body, headers }) => [method, path, body, headers.authorization]),
    ).toEqual([
      ['POST', '/v1/boats?a=b+c', Buffer.from('{"name":"Åse"}').toString('latin1'), 'Bearer t1'],
      ['POST', '/v1/boats?a=b+c', Buffer.from('{"name":"Åse"}').toString('latin1'), 'Bearer t2'],
    ])
  })
})
