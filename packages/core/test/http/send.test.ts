import { createHook } from 'node:async_hooks'
import { describe, expect, test, vi } from 'vitest'
import type { Authorization, ResponseView } from '../../src/index.ts'
import { createSender } from '../../src/kit.ts'
import { type Answer, exchange, rotating, tokenOf, URL_OF_API } from '../support/exchange.ts'

describe('which requests get the credential', () => {
  test('C1: a URL on another origin goes out untouched, and its 401 renews nothing', async () => {
    const { credential, log } = rotating()
    const { run, sent } = exchange(credential, [{ status: 401 }], { url: 'https://evil.example/' })
    expect(await run()).toEqual({ status: 401 })
    expect([sent, log]).toEqual([['untouched'], []])
  })

  test('C1: a URL that is not absolute goes out untouched', async () => {
    const { run, sent } = exchange(rotating().credential, [{ status: 200 }], { url: '/v1/things' })
    await run()
    expect(sent).toEqual(['untouched'])
  })

  test('of several credentials the first that covers the origin is used, and no other after its refusal', async () => {
    const elsewhere = rotating({ covers: () => false })
    const first = rotating({ renew: async () => undefined })
    const second = rotating()
    const { run, sent } = exchange([elsewhere.credential, first.credential, second.credential], [{ status: 401 }])
    expect(await run()).toEqual({ status: 401 })
    expect([sent, second.log]).toEqual([['Bearer t1'], []])
  })

  test('a function chooses by URL, and still only a credential that covers the origin is used', async () => {
    const { credential } = rotating()
    const asked: string[] = []
    const source = (url: string) => {
      asked.push(url)
      return credential
    }
    const own = exchange(source, [{ status: 200 }])
    const foreign = exchange(source, [{ status: 200 }], { url: 'https://evil.example/' })
    const none = exchange(() => undefined, [{ status: 200 }])
    await Promise.all([own.run(), foreign.run(), none.run()])
    expect([own.sent, foreign.sent, none.sent]).toEqual([['Bearer t1'], ['untouched'], ['untouched']])
    expect(asked).toContain(URL_OF_API)
  })

  test('C2: what the caller authorized itself goes out untouched: no token is fetched and its 401 renews nothing', async () => {
    const { credential, log } = rotating({
      authorization: () => {
        throw new Error('a token was fetched')
      },
    })
    const { run, sent } = exchange(credential, [{ status: 401 }], {
      alreadyAuthorized: ({ headers }) => headers.includes('authorization'),
    })
    expect(await run()).toEqual({ status: 401 })
    expect([sent, log]).toEqual([['untouched'], []])
  })
})

describe('after a refusal', () => {
  test('C4: the request is sent once more with the renewed authorization, and never a third time', async () => {
    const { credential, log } = rotating()
    const { run, sent, discarded } = exchange(credential, [{ status: 401 }, { status: 401, url: URL_OF_API }])
    expect(await run()).toEqual({ status: 401, url: URL_OF_API })
    expect(sent).toEqual(['Bearer t1', 'Bearer t2'])
    expect(log).toEqual(['refused 1 401', 'renew 1', 'replayed 2 401 false'])
    expect(discarded).toEqual([{ status: 401 }])
  })

  test('an accepted second answer is reported as such', async () => {
    const { credential, log } = rotating()
    expect(await exchange(credential, [{ status: 401 }, { status: 503 }]).run()).toEqual({ status: 503 })
    expect(log.at(-1)).toBe('replayed 2 503 true')
  })

  test('C3: a late refusal is sent again with the authorization that is there already', async () => {
    const { credential } = rotating()
    await exchange(credential, [{ status: 401 }, { status: 200 }]).run()
    const late = exchange({ ...credential, authorization: () => tokenOf(1) }, [{ status: 401 }, { status: 200 }])
    await late.run()
    expect(late.sent).toEqual(['Bearer t1', 'Bearer t2'])
  })

  test('C6: with nothing newer the refusal itself is the answer, and can still be read', async () => {
    const { credential, log } = rotating({ renew: async () => undefined })
    const { run, sent, discarded } = exchange(credential, [{ status: 401 }])
    expect(await run()).toEqual({ status: 401 })
    expect([sent, discarded, log]).toEqual([['Bearer t1'], [], ['refused 1 401']])
  })

  test('C7: a body that cannot be sent twice renews, and the refusal is the answer', async () => {
    const { credential, log } = rotating()
    const { run, sent, discarded } = exchange(credential, [{ status: 401 }], { isBodyReplayable: false })
    expect(await run()).toEqual({ status: 401 })
    expect([sent, discarded]).toEqual([['Bearer t1'], []])
    expect(log).toEqual(['refused 1 401', 'renew 1', 'replay_skipped 1 401 not_replayable'])
  })

  test('C9: the 401 of another origin after a redirect is not ours', async () => {
    const { credential, log } = rotating()
    const answer = { status: 401, url: 'https://evil.example/login' }
    expect(await exchange(credential, [answer]).run()).toEqual(answer)
    expect(log).toEqual([])
  })

  test('C9: nor is it when the vendor needs to read the answer first', async () => {
    const { credential, log } = rotating({ refuses: async () => true })
    const answer = { status: 200, url: 'https://evil.example/login' }
    expect(await exchange(credential, [answer]).run()).toEqual(answer)
    expect(log).toEqual([])
  })

  test('C9: a 401 of another origin of the credential is ours', async () => {
    const { credential } = rotating()
    const { run, sent } = exchange(credential, [{ status: 401, url: 'https://eu.acme.example/' }, { status: 200 }])
    await run()
    expect(sent).toEqual(['Bearer t1', 'Bearer t2'])
  })

  test('C11: 403 and insufficient_scope renew nothing', async () => {
    const { credential, log } = rotating()
    await exchange(credential, [{ status: 403 }]).run()
    await exchange(credential, [{ status: 401, challenge: 'Bearer error="insufficient_scope"' }]).run()
    await exchange(credential, [{ status: 403, challenge: 'Bearer error="insufficient_scope", scope="a b"' }]).run()
    expect(log).toEqual(['scope_required 1 401 ', 'scope_required 1 403 a,b'])
  })

  test('C11: of a refused request that is sent again, the last answer says which scopes are required', async () => {
    const challenge = 'Bearer resource_metadata="https://api.acme.example/m"'
    const required = 'https://api.acme.example/m'
    const { credential, log } = rotating()
    await exchange(credential, [{ status: 401, challenge }, { status: 200 }]).run()
    expect(log).toEqual(['refused 1 401', 'renew 1', 'replayed 2 200 true'])
    log.length = 0
    const refusals = [
      { status: 401, challenge },
      { status: 401, challenge },
    ]
    await exchange(credential, refusals).run()
    expect(log).toEqual(['refused 2 401', 'renew 2', 'replayed 3 401 false', `scope_required 3 401  ${required}`])
  })

  test('C11: a refusal that stays the answer says which scopes are required', async () => {
    const answer = { status: 401, challenge: 'Bearer resource_metadata="https://api.acme.example/m", scope="a"' }
    const required = 'scope_required 1 401 a https://api.acme.example/m'
    const spent = rotating({ renew: async () => undefined })
    await exchange(spent.credential, [answer]).run()
    expect(spent.log).toEqual(['refused 1 401', required])
    const once = rotating()
    await exchange(once.credential, [answer], { isBodyReplayable: false }).run()
    expect(once.log.at(-1)).toBe(required)
  })

  test('C9: what another origin asks for after a redirect is not told', async () => {
    const { credential, log } = rotating()
    const challenge = 'Bearer error="insufficient_scope", scope="a"'
    await exchange(credential, [{ status: 403, url: 'https://evil.example/login', challenge }]).run()
    expect(log).toEqual([])
  })

  test('C11: what is a refusal is the word of the vendor, at once or after reading', async () => {
    for (const refuses of [
      (view: ResponseView) => view.status === 400,
      async (view: ResponseView) => view.status === 400,
    ]) {
      const { credential, log } = rotating({ refuses })
      expect(await exchange(credential, [{ status: 400 }, { status: 200 }]).run()).toEqual({ status: 200 })
      expect(await exchange(credential, [{ status: 401 }]).run()).toEqual({ status: 401 })
      expect(log).toEqual(['refused 1 400', 'renew 1', 'replayed 2 200 true'])
    }
  })
})

describe('with a fresh authorization', () => {
  test('C17: the request is sent in the same turn', () => {
    const { run, sent } = exchange(rotating().credential, [{ status: 200 }])
    void run()
    expect(sent).toEqual(['Bearer t1'])
  })

  test('C17: without one it waits, and is sent when the authorization is there', async () => {
    let give: (authorization: Authorization) => void = () => {}
    const authorization = () =>
      new Promise<Authorization>((resolve) => {
        give = resolve
      })
    const { run, sent } = exchange(rotating({ authorization }).credential, [{ status: 200 }])
    const answer = run()
    expect(sent).toEqual([])
    give(tokenOf(7))
    expect(await answer).toEqual({ status: 200 })
    expect(sent).toEqual(['Bearer t7'])
  })

  test('C17: it costs no URL object, and one promise beside that of the client', async () => {
    const answer = Promise.resolve<Answer>({ status: 200 })
    const send = createSender(rotating().credential)
    const { request } = exchange([], [], { send: () => answer })
    await send(request)
    const made = { urls: 0, promises: 0 }
    const construct = (target: typeof URL, args: [string]) => {
      made.urls += 1
      return new target(...args)
    }
    const init = (_id: number, type: string) => {
      if (type === 'PROMISE') made.promises += 1
    }
    vi.stubGlobal('URL', new Proxy(URL, { construct }))
    const hook = createHook({ init }).enable()
    const result = send(request)
    hook.disable()
    expect(made).toEqual({ urls: 0, promises: 1 })
    expect(await result).toEqual({ status: 200 })
  })

  test('C17: a request that is not ours costs no promise at all', () => {
    const answer = Promise.resolve<Answer>({ status: 200 })
    expect(exchange([], [], { send: () => answer }).run()).toBe(answer)
  })
})
