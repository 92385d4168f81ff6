import { inspect } from 'node:util'
import { withCredential } from '@valetkey/ky'
import { findLeaks } from '@valetkey/testing'
import { CARRIERS, carried } from '@valetkey-app/test-support/carried'
import { serve } from '@valetkey-app/test-support/serve'
import { describe, expect, test } from 'vitest'
import { MAJORS } from './support/majors.ts'

const CANARIES = ['canary-91d2', 'canary-4f70']

describe.each(MAJORS)('$name', ({ ky }) => {
  test.each(CARRIERS)('C15: shows the secret on no error, request or answer: %s', async (carrier) => {
    const server = await serve(({ path }) => ({ status: path.startsWith('/ok') ? 200 : 401 }))
    const http = withCredential(ky, carried(carrier, CANARIES))
    const seen: unknown[] = []
    const hooks = { beforeRequest: [(...all: unknown[]) => void seen.push(all)] }
    const error: unknown = await http.post(`${server.origin}/v1?a=b`, { json: {}, hooks }).catch((it: unknown) => it)
    const answer = await http(`${server.origin}/ok`)
    expect(error).toMatchObject({ name: 'HTTPError', response: { status: 401, url: `${server.origin}/v1?a=b` } })
    expect(JSON.stringify(server.received)).toContain(CANARIES[1])
    for (const canary of CANARIES) {
      expect(findLeaks([error, answer, answer.clone(), seen], [canary], inspect)).toEqual([])
    }
  })

  test.each(CARRIERS)('C15: shows it in no error of the network: %s', async (carrier) => {
    const server = await serve(() => ({}))
    const gone = new URL(server.origin)
    gone.port = '1'
    const http = withCredential(ky, carried(carrier, CANARIES))
    const error: unknown = await http(gone, { retry: 0 }).catch((it: unknown) => it)
    expect(error).toBeInstanceOf(Error)
    expect(findLeaks(error, CANARIES, inspect)).toEqual([])
  })

  test.each(CARRIERS)('C10: a redirect elsewhere takes no credential along: %s', async (carrier) => {
    const second = await serve(() => ({}))
    const first = await serve(({ path }) => ({ status: 307, headers: { location: `${second.origin}${path}` } }))
    await withCredential(ky, carried(carrier, CANARIES, [first.origin])).post(`${first.origin}/v1`, { body: 'x' })
    expect(JSON.stringify(first.received)).toContain(CANARIES[0])
    expect(second.received.map((it) => [it.method, it.path, it.body])).toEqual([['POST', '/v1', 'x']])
    expect(JSON.stringify(second.received)).not.toContain(CANARIES[0])
  })
})
