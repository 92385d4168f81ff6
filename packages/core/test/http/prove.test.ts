import { describe, expect, test } from 'vitest'
import type { Authorization, ResponseView } from '../../src/index.ts'
import type { SentTo } from '../../src/kit.ts'
import { createAuthorization } from '../../src/kit.ts'
import { type Answer, exchange, rotating, URL_OF_API } from '../support/exchange.ts'

/** A credential whose proofs are p1, p2 …; one that is told `wants another` gives another. */
function proving() {
  const proven: string[] = []
  const prove = async (authorization: Authorization, { url, method = 'GET' }: SentTo, answer?: ResponseView) => {
    if (answer && answer.header('www-authenticate') !== 'wants another') return undefined
    proven.push(`${method} ${url} ${authorization.headers.authorization}`)
    const headers = { authorization: `${authorization.headers.authorization} p${proven.length}` }
    return createAuthorization({ headers }, authorization.generation)
  }
  const refuses = ({ status, header }: ResponseView) => status === 401 && header('www-authenticate') !== 'wants another'
  return { ...rotating({ prove, refuses }), proven }
}

const WANTS_ANOTHER: Answer = { status: 401, challenge: 'wants another' }

describe('a credential that proves each send', () => {
  test('is asked for one request at a time, with its method', async () => {
    const { credential, proven } = proving()
    const { run, sent } = exchange(credential, [{ status: 200 }], { method: 'POST' })
    await run()
    expect([sent, proven]).toEqual([['Bearer t1 p1'], [`POST ${URL_OF_API} Bearer t1`]])
  })

  test('gives another proof where the answer asks for one, which is no refusal and no replay', async () => {
    const { credential, log } = proving()
    const { run, sent, discarded } = exchange(credential, [WANTS_ANOTHER, { status: 200 }])
    expect(await run()).toEqual({ status: 200 })
    expect([sent, log, discarded]).toEqual([['Bearer t1 p1', 'Bearer t1 p2'], [], [WANTS_ANOTHER]])
  })

  test('still has its one replay then, which is proved by itself, and may want another proof, too', async () => {
    const { credential, log } = proving()
    const answers = [WANTS_ANOTHER, { status: 401 }, WANTS_ANOTHER, { status: 200 }]
    const { run, sent } = exchange(credential, answers)
    expect(await run()).toEqual({ status: 200 })
    expect(sent).toEqual(['Bearer t1 p1', 'Bearer t1 p2', 'Bearer t2 p3', 'Bearer t2 p4'])
    expect(log).toEqual(['refused 1 401', 'renew 1', 'replayed 2 200 true'])
  })

  test('is asked four times at most, and then the answer is the caller’s', async () => {
    const { credential, log } = proving()
    const { run, sent } = exchange(
      credential,
      Array.from({ length: 4 }, () => WANTS_ANOTHER),
    )
    expect(await run()).toEqual(WANTS_ANOTHER)
    expect([sent.length, log]).toEqual([4, []])
  })

  test('is not asked again for a body that can be sent once', async () => {
    const { credential, log } = proving()
    const { run, sent } = exchange(credential, [WANTS_ANOTHER], { isBodyReplayable: false })
    expect(await run()).toEqual(WANTS_ANOTHER)
    expect([sent, log]).toEqual([['Bearer t1 p1'], []])
  })

  test('proves each hop, and none to another origin', async () => {
    const { credential, proven } = proving()
    const locations = ['/v1/others', 'https://evil.example/']
    const { run, sent } = exchange(credential, [{ status: 307 }, { status: 303 }, { status: 200 }], {
      method: 'POST',
      location: () => locations.shift(),
    })
    await run()
    expect(sent).toEqual(['Bearer t1 p1', 'Bearer t1 p2', 'untouched'])
    expect(proven).toEqual([`POST ${URL_OF_API} Bearer t1`, 'POST https://api.acme.example/v1/others Bearer t1'])
  })

  test('rejects the request where it cannot prove it: it is not sent', async () => {
    const { credential } = rotating({ prove: () => Promise.reject(new Error('no key')) })
    const { run, sent } = exchange(credential, [])
    await expect(run()).rejects.toThrow('no key')
    expect(sent).toEqual([])
  })

  test('S4: an error of the client shows no proof', async () => {
    const { credential } = proving()
    const { run } = exchange(credential, [], {
      send: async (authorization) => {
        throw new Error(`cannot send "${authorization?.headers.authorization}"`)
      },
    })
    await expect(run()).rejects.toThrow('cannot send "***"')
  })

  test('may say that an authorization needs no proof', async () => {
    const { credential } = rotating({ prove: async () => undefined })
    const { run, sent } = exchange(credential, [{ status: 200 }])
    await run()
    expect(sent).toEqual(['Bearer t1'])
  })
})
