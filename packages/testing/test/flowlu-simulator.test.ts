import { describe, expect, onTestFinished, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import { type FlowluSimulator, type FlowluSimulatorOptions, flowluSimulator } from '../src/simulators/index.ts'

const ADMINISTRATOR = { username: 'owner@example.com', password: 'sim-password' }
const API_KEY = 'c2ltLWtleQ+/=='
const SIGN_IN = { grant_type: 'password', client_id: 'android_app_v1', ...ADMINISTRATOR }
const TASKS = '/api/v1/module/task/tasks/list'

async function start(options: FlowluSimulatorOptions = {}): Promise<FlowluSimulator> {
  const flowlu = await flowluSimulator({ apiKey: API_KEY, ...ADMINISTRATOR, ...options })
  onTestFinished(() => flowlu.close())
  return flowlu
}

function signIn({ tokenUrl }: FlowluSimulator, fields: Record<string, string> = SIGN_IN): Promise<Response> {
  return fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(fields) })
}

async function basicOf(flowlu: FlowluSimulator): Promise<Record<string, string>> {
  const { access_token } = await (await signIn(flowlu)).json()
  return { authorization: `Basic ${btoa(`bearer:${access_token}`)}` }
}

function get({ baseUrl }: FlowluSimulator, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(baseUrl + path, { headers })
}

function withKey(path: string, apiKey: string = API_KEY): string {
  return `${path}${path.includes('?') ? '&' : '?'}api_key=${encodeURIComponent(apiKey)}`
}

/** `error_code` of an answer, which stands in its body whatever its status. */
async function errorCode(answer: Promise<Response>): Promise<number | undefined> {
  return (await (await answer).json()).error?.error_code
}

describe('Flowlu simulator: hosts', () => {
  test('tokens are issued on another host than the company’s, and www has no API', async () => {
    const flowlu = await start()
    const { baseUrl, tokenUrl, wwwUrl } = flowlu
    expect(new Set([baseUrl, new URL(tokenUrl).origin, wwwUrl]).size).toBe(3)
    const answer = await fetch(wwwUrl + withKey(TASKS))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'text/html'])
  })

  test('a file is on another origin, where the API redirects to', async () => {
    const flowlu = await start()
    const url = flowlu.baseUrl + withKey('/api/v1/module/core/file/get/7')
    const redirect = await fetch(url, { redirect: 'manual' })
    expect([redirect.status, redirect.headers.get('location')]).toEqual([302, `${flowlu.wwwUrl}/files/7`])
    expect((await fetch(`${flowlu.wwwUrl}/files/7`)).status).toBe(200)
  })
})

describe('Flowlu simulator: token endpoint', () => {
  test('a sign-in is answered with an opaque token and nothing about its life', async () => {
    const answer = await signIn(await start())
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({
      access_token: expect.stringMatching(/^[0-9a-f]{14}-\d{8}$/),
      token_type: 'bearer',
    })
  })

  test.each([
    ['a wrong password', { ...SIGN_IN, password: 'wrong' }, 'invalid_grant', 'Неверные имя пользователя или пароль'],
    ['another grant', { ...SIGN_IN, grant_type: 'refresh_token' }, 'invalid_request', 'Ошибка в запросе'],
    ['no client id', { ...SIGN_IN, client_id: '' }, 'invalid_request', 'Ошибка в запросе'],
  ])('%s is an error whose description is in Russian and misspelt', async (_, fields, error, error_descrption) => {
    const answer = await signIn(await start(), fields)
    expect([answer.status, await answer.json()]).toEqual([400, { error, error_descrption }])
  })

  test('JSON is not a form', async () => {
    const { tokenUrl } = await start()
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(SIGN_IN) }
    expect(await (await fetch(tokenUrl, init)).json()).toMatchObject({ error: 'invalid_request' })
  })

  test('an unsafe request is invalid_request_ssl, with the switch off that says it is safe', async () => {
    expect(await (await signIn(await start({ overTls: false }))).json()).toMatchObject({ error: 'invalid_request_ssl' })
  })

  test('a user who is not an administrator gets no token', async () => {
    const user = { username: 'clerk@example.com', password: 'right' }
    for (const notAdministratorError of [undefined, 'access_denied']) {
      const answer = await signIn(await start({ otherUsers: [user], notAdministratorError }), { ...SIGN_IN, ...user })
      expect(await answer.json()).toEqual({
        error: notAdministratorError ?? 'invalid_grant',
        error_descrption: expect.stringContaining('администратор'),
      })
    }
  })

  test('errors have the status that the switch says', async () => {
    for (const tokenErrorStatus of [200, 400, 401] as const) {
      const answer = await signIn(await start({ tokenErrorStatus }), { ...SIGN_IN, password: 'wrong' })
      expect(answer.status).toBe(tokenErrorStatus)
    }
  })
})

describe('Flowlu simulator: authorization', () => {
  test('the key is taken from the query, from a form and from a multipart form', async () => {
    const flowlu = await start()
    const url = `${flowlu.baseUrl}/api/v1/module/task/tasks/create`
    const multipart = new FormData()
    multipart.set('api_key', API_KEY)
    multipart.set('name', 'Tow the barge')
    const answers = await Promise.all([
      get(flowlu, withKey(TASKS)),
      fetch(withKey(url), { method: 'POST', body: new URLSearchParams({ name: 'Tow the barge' }) }),
      fetch(url, { method: 'POST', body: new URLSearchParams({ api_key: API_KEY, name: 'Tow the barge' }) }),
      fetch(url, { method: 'POST', body: multipart }),
    ])
    const bodies = await Promise.all(answers.map((answer) => answer.json()))
    expect(bodies.map((body) => Object.keys(body))).toEqual([['response'], ['response'], ['response'], ['response']])
  })

  test('a key that is there twice is an invalid request', async () => {
    const flowlu = await start()
    expect(await errorCode(get(flowlu, withKey(withKey(TASKS))))).toBe(12)
    const init = { method: 'POST', body: new URLSearchParams({ api_key: API_KEY }) }
    expect(await errorCode(fetch(flowlu.baseUrl + withKey(TASKS), init))).toBe(12)
  })

  test('a token is taken as the password of the Basic user "bearer", as Bearer with the switch on', async () => {
    const flowlu = await start()
    const { access_token } = await (await signIn(flowlu)).json()
    const authorize = (authorization: string, simulator = flowlu) => errorCode(get(simulator, TASKS, { authorization }))
    expect(await authorize(`Basic ${btoa(`bearer:${access_token}`)}`)).toBeUndefined()
    expect(await authorize(`Basic ${btoa(`token:${access_token}`)}`)).toBe(11)
    expect(await authorize(`Bearer ${access_token}`)).toBe(11)
    const newer = await start({ acceptsBearer: true })
    const token = await (await signIn(newer)).json()
    expect(await authorize(`Bearer ${token.access_token}`, newer)).toBeUndefined()
  })

  test('without a good key or token the answer is error 11, with status 200 or 401', async () => {
    for (const authorizationFailedStatus of [200, 401] as const) {
      const flowlu = await start({ authorizationFailedStatus })
      const answer = await get(flowlu, withKey(TASKS, 'wrong'))
      expect(answer.status).toBe(authorizationFailedStatus)
      expect(await answer.json()).toEqual({ error: { error_code: 11, error_msg: 'authorization failed' } })
      expect(await errorCode(get(flowlu, TASKS))).toBe(11)
    }
  })

  test('a deleted key is refused, and a new one taken', async () => {
    const flowlu = await start()
    flowlu.deleteApiKey(API_KEY)
    expect(await errorCode(get(flowlu, withKey(TASKS)))).toBe(11)
    expect(await errorCode(get(flowlu, withKey(TASKS, flowlu.createApiKey())))).toBeUndefined()
  })

  test('a key opens the modules that it was made for; others are error 22, with status 200 or 403', async () => {
    for (const accessDeniedStatus of [200, 403] as const) {
      const flowlu = await start({ modules: ['task'], accessDeniedStatus })
      expect(await errorCode(get(flowlu, withKey(TASKS)))).toBeUndefined()
      const denied = await get(flowlu, withKey('/api/v1/module/crm/lead/list'))
      expect([denied.status, (await denied.json()).error.error_code]).toEqual([accessDeniedStatus, 22])
      expect(await errorCode(get(flowlu, withKey(TASKS, flowlu.createApiKey(['crm']))))).toBe(22)
      expect(await errorCode(get(flowlu, '/api/v1/module/crm/lead/list', await basicOf(flowlu)))).toBeUndefined()
    }
  })

  test('a token dies without a word', async () => {
    const flowlu = await start({ clock: virtualClock(), expiresIn: 60 })
    const headers = await basicOf(flowlu)
    flowlu.clock.advance(59_999)
    expect(await errorCode(get(flowlu, TASKS, headers))).toBeUndefined()
    flowlu.clock.advance(1)
    expect(await errorCode(get(flowlu, TASKS, headers))).toBe(11)
  })
})

describe('Flowlu simulator: API', () => {
  test('a list is an envelope with totals and one page', async () => {
    const flowlu = await start()
    const { response } = await (await get(flowlu, withKey(`${TASKS}?page=2&limit=3`))).json()
    expect(response).toEqual({
      total: 4,
      total_result: 4,
      page: 2,
      count: 1,
      items: [expect.objectContaining({ id: 4 })],
    })
  })

  test('a filter is by a member', async () => {
    const flowlu = await start()
    const open = await get(flowlu, withKey('/api/v1/module/crm/lead/list?filter[active]=1'))
    expect((await open.json()).response.total_result).toBe(3)
  })

  test('what was created can be read', async () => {
    const flowlu = await start()
    const body = new URLSearchParams({ name: 'Tow the barge', status: '1' })
    const url = flowlu.baseUrl + withKey('/api/v1/module/task/tasks/create')
    const { response } = await (await fetch(url, { method: 'POST', body })).json()
    expect(response).toEqual({ id: 5, name: 'Tow the barge', status: '1' })
    const read = await get(flowlu, withKey('/api/v1/module/task/tasks/get/5'))
    expect(await read.json()).toEqual({ response })
  })

  test.each([
    ['an unknown module', '/api/v1/module/nonsense/tasks/list', 31],
    ['an unknown entity', '/api/v1/module/task/nonsense/list', 30],
    ['an unknown method', '/api/v1/module/task/tasks/nonsense', 30],
    ['a path of another kind', '/nonsense', 30],
    ['an unknown record', '/api/v1/module/task/tasks/get/999', 20],
    ['a creation by GET', '/api/v1/module/task/tasks/create', 12],
  ])('%s is a separate error, with status 200', async (_, path, code) => {
    const answer = await get(await start(), withKey(path))
    expect([answer.status, (await answer.json()).error.error_code]).toEqual([200, code])
  })

  test('a record that lacks something is error 21 with details', async () => {
    const flowlu = await start()
    const url = flowlu.baseUrl + withKey('/api/v1/module/task/tasks/create')
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ status: '1' }) })
    expect(await answer.json()).toMatchObject({ error: { error_code: 21, error_details: [{ field: 'name' }] } })
  })
})
