import { describe, expect, test } from 'vitest'
import { isCredentialError } from '../../src/index.ts'
import { createSender, type Hop, type RequestToSend } from '../../src/kit.ts'
import { parseOrigins } from '../../src/origins.ts'
import { rotating } from '../support/exchange.ts'

const ORIGIN = 'https://api.acme.example'

interface Answer {
  readonly status: number
  readonly location?: string | null
}

/** A client over an API that answers each path, and each `path token` before it, with one answer. */
function client(answers: Readonly<Record<string, Answer>>, more: Partial<RequestToSend<Answer>> = {}) {
  const { credential, log } = rotating()
  const sent: string[] = []
  const discarded: Answer[] = []
  const request: RequestToSend<Answer> = {
    url: `${ORIGIN}/start`,
    method: 'POST',
    alreadyAuthorized: () => false,
    async send(authorization, _credential, hop) {
      const url = hop?.url ?? `${ORIGIN}/start`
      const path = url.startsWith(ORIGIN) ? url.slice(ORIGIN.length) : url
      const token = authorization?.headers.authorization?.slice('Bearer '.length) ?? 'bare'
      sent.push([hop?.method ?? 'POST', path, token, ...(hop?.hasBody === false ? [] : ['body'])].join(' '))
      return answers[`${path} ${token}`] ?? answers[path] ?? { status: 200 }
    },
    location: ({ location }) => location,
    view: ({ status }) => ({ status, url: '', header: () => null, json: async () => undefined }),
    discard: (answer) => void discarded.push(answer),
    ...more,
  }
  return { sent, log, discarded, run: () => createSender(credential)(request) }
}

const to = (status: number, location: string | null = '/end'): Answer => ({ status, location })
const refused = { '/end t1': { status: 401 } }

describe('what is replayed', () => {
  test.each([301, 302, 303])(
    'after %i: the refused GET, and the POST that was accepted is not repeated',
    async (status) => {
      const { sent, log, run } = client({ '/start': to(status), ...refused })
      expect(await run()).toEqual({ status: 200 })
      expect(sent).toEqual(['POST /start t1 body', 'GET /end t1', 'GET /end t2'])
      expect(log).toEqual(['refused 1 401', 'renew 1', 'replayed 2 200 true'])
    },
  )

  test.each([307, 308])('after %i: the refused hop, with its method and body', async (status) => {
    const { sent, run } = client({ '/start': to(status), ...refused })
    await run()
    expect(sent).toEqual(['POST /start t1 body', 'POST /end t1 body', 'POST /end t2 body'])
  })

  test('a body that can be read once keeps no GET behind it from being replayed', async () => {
    const { sent, run } = client({ '/start': to(303), ...refused }, { isBodyReplayable: false })
    expect(await run()).toEqual({ status: 200 })
    expect(sent).toHaveLength(3)
  })

  test('a replay is redirected on, and never replayed again', async () => {
    const { sent, run } = client({
      '/start': to(303),
      ...refused,
      '/end t2': to(302, '/next'),
      '/next': { status: 401 },
    })
    expect(await run()).toEqual({ status: 401 })
    expect(sent.slice(2)).toEqual(['GET /end t2', 'GET /next t2'])
  })

  test('a hop to another origin goes bare, and its refusal is not ours', async () => {
    const elsewhere = 'https://evil.example/end'
    const { sent, log, run } = client({ '/start': to(307, elsewhere), [elsewhere]: { status: 401 } })
    expect(await run()).toEqual({ status: 401 })
    expect([sent.at(-1), log]).toEqual([`POST ${elsewhere} bare body`, []])
  })

  test('a client that follows by itself says which hop was refused', async () => {
    const hop: Hop = { url: `${ORIGIN}/end`, method: 'GET', hasBody: false, droppedHeaders: [] }
    const { sent, run } = client({ '/start t1': { status: 401 } }, { reached: () => hop })
    await run()
    expect(sent).toEqual(['POST /start t1 body', 'GET /end t2'])
  })

  test.each([
    ['POST', 401, ['replay_skipped 1 401 not_replayable']],
    ['DELETE', 401, ['replay_skipped 1 401 not_replayable']],
    ['get', 200, ['replayed 2 200 true']],
  ])('behind redirects that nobody sees, %s ends with %i', async (method, status, last) => {
    const { log, run } = client({ '/start t1': { status: 401 } }, { method, reached: () => 'unknown' })
    expect(await run()).toEqual({ status })
    expect(log.slice(-1)).toEqual(last)
  })

  test('a body that is still being read is waited for, unless the caller gives up', async () => {
    const isBodyReplayable = new Promise<boolean>(() => {})
    const controller = new AbortController()
    const { discarded, run } = client({ '/start t1': { status: 401 } }, { isBodyReplayable, signal: controller.signal })
    const answer = run()
    controller.abort(new Error('tab closed'))
    await expect(answer).rejects.toThrow('tab closed')
    expect(discarded).toEqual([{ status: 401 }])
  })
})

describe('a redirect that cannot be followed', () => {
  test.each([
    ['a circle', to(302, '/start'), 21],
    ['another scheme', to(302, 'ftp://api.acme.example/'), 1],
    ['a status that is none', { status: 304, location: '/end' }, 1],
    ['no location', { status: 302 }, 1],
  ])('is the answer: %s', async (_what, answer, requests) => {
    const { sent, run } = client({ '/start': answer })
    expect(await run()).toBe(answer)
    expect(sent).toHaveLength(requests)
  })

  test('rejects with what the client rejects with, and is freed', async () => {
    const failRedirect = (reason: string) => {
      throw new TypeError(reason)
    }
    const { discarded, run } = client({ '/start': to(302, '/start') }, { failRedirect, maxRedirects: 2 })
    await expect(run()).rejects.toThrow('redirect count exceeded')
    expect(discarded).toHaveLength(3)
    const stream = client({ '/start': to(307) }, { failRedirect, isBodyReplayable: false })
    await expect(stream.run()).rejects.toThrow('a body that is a stream cannot be sent again')
  })

  test('is refused where the platform does not say where it leads', async () => {
    const { discarded, run } = client({ '/start': { status: 0, location: null } })
    const error: unknown = await run().catch((it: unknown) => it)
    expect([isCredentialError(error, 'redirect_refused'), discarded.length]).toEqual([true, 1])
  })
})

describe('C10: under a pattern of origins', () => {
  const { covers } = parseOrigins('acme', ['https://*.my.acme.example'])
  const hop = async (location: string): Promise<string[]> => {
    const { credential } = rotating({ covers })
    const sent: string[] = []
    const start = 'https://a.my.acme.example/start'
    const request: RequestToSend<Answer> = {
      url: start,
      alreadyAuthorized: () => false,
      async send(authorization, _credential, redirected) {
        const url = redirected?.url ?? start
        sent.push(`${url} ${authorization?.headers.authorization ?? 'bare'}`)
        return url === location ? { status: 200 } : { status: 307, location }
      },
      location: (answer) => answer.location,
      view: ({ status }) => ({ status, url: '', header: () => null, json: async () => undefined }),
      discard: () => {},
    }
    await createSender(credential)(request)
    return sent
  }

  test('a redirect from one of its hosts to another takes the credential along', async () => {
    expect(await hop('https://b.my.acme.example/start')).toEqual([
      'https://a.my.acme.example/start Bearer t1',
      'https://b.my.acme.example/start Bearer t1',
    ])
  })

  test.each(['https://my.acme.example/', 'https://a.b.my.acme.example/', 'https://a.my.acme.example.evil.example/'])(
    'one to %s does not',
    async (location) => {
      expect(await hop(location)).toEqual(['https://a.my.acme.example/start Bearer t1', `${location} bare`])
    },
  )
})
