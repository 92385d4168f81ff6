import { describe, expect, test } from 'vitest'
import * as flowlu from '../src/index.ts'
import { ADMINISTRATOR, startTokenWorld, tokenForms, traffic } from './support/world.ts'

const WEEK_MS = 604_800_000
const WRONG_PASSWORD = 'Неверные имя пользователя или пароль'

describe('what is sent to Flowlu’s token endpoint', () => {
  test('Password grant request: a POST of a form with exactly the four documented members', async () => {
    const world = await startTokenWorld()
    await world.credential.getToken()
    const [request] = world.simulator.requests
    expect(request).toMatchObject({ kind: 'token', method: 'POST', query: {} })
    expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded\b/)
    expect(tokenForms(world)).toEqual([
      {
        grant_type: 'password',
        username: ADMINISTRATOR.username,
        password: ADMINISTRATOR.password,
        client_id: 'android_app_v1',
      },
    ])
  })

  test('Password grant request: there is no Authorization header, since there is no client secret', async () => {
    const world = await startTokenWorld()
    await world.credential.getToken()
    expect(world.simulator.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test('Password grant request: a secret and scopes, which Flowlu has not, are not taken', () => {
    const options = { company: 'acme', tokenUrl: 'https://login.example/token', clientId: 'app', username: 'robin' }
    for (const option of ['clientSecret', 'scopes'])
      expect(() => flowlu.password({ ...options, password: 'p4ssword', [option]: 'canary' })).toThrow(
        `[flowlu] "${option}" is not an option; the options are account, allowInsecureRequests, `,
      )
  })

  test('Password grant request: a client id is any name of one’s own', async () => {
    const world = await startTokenWorld({}, { clientId: 'mein Programm & Söhne' })
    await world.credential.getToken()
    expect(tokenForms(world)).toMatchObject([{ client_id: 'mein Programm & Söhne' }])
  })

  test('Password grant request: a password arrives unchanged, with any characters', async () => {
    const password = '&=+% "пароль"\\\n#?'
    const world = await startTokenWorld({ password }, { password })
    await world.credential.getToken()
    expect(tokenForms(world)).toMatchObject([{ password }])
  })
})

describe('what comes back from Flowlu’s token endpoint', () => {
  test('Password grant response: without expires_in one token is used for weeks', async () => {
    const world = await startTokenWorld()
    const token = await world.credential.getToken()
    expect(token.tokenType).toBe('Bearer')
    expect(token.expiresAt).toBeUndefined()
    expect(await world.credential.status()).toMatchObject({ state: 'ready', renewable: true })
    for (let week = 0; week < 8; week += 1) {
      await world.clock.advance(WEEK_MS)
      expect(await (await world.http(world.tasksUrl)).json()).toHaveProperty('response')
    }
    expect(world.simulator.tokenCalls()).toBe(1)
  })

  test('Password grant response: a refresh token, should there be one, is not used: only grant_type password is known', async () => {
    const world = await startTokenWorld()
    const tokens = {
      access_token: 'first-token',
      token_type: 'bearer',
      refresh_token: 'canary-refresh',
      expires_in: 60,
    }
    world.simulator.failNext({ on: 'token', status: 200, body: tokens })
    await world.credential.getToken()
    await world.clock.advance(60_000)
    await world.credential.getToken()
    expect(tokenForms(world).map(({ grant_type }) => grant_type)).toEqual(['password', 'password'])
  })

  test('Access-token format: a token is opaque, so it has no claims', async () => {
    const world = await startTokenWorld()
    expect((await world.credential.getToken()).accessToken).toMatch(/^[0-9a-f]{14}-\d{8}$/)
    await expect(world.credential.claims()).rejects.toMatchObject({ code: 'not_a_jwt' })
  })

  test('no revocation is documented, so signing out makes no call and forgets the token', async () => {
    const world = await startTokenWorld()
    await world.credential.getToken()
    expect(await world.credential.signOut()).toEqual({ revoked: false })
    expect(world.simulator.tokenCalls()).toBe(1)
  })
})

describe('Flowlu refuses a sign-in', () => {
  test.each([200, 400, 401] as const)(
    'invalid_grant: a wrong password is client_rejected in Flowlu’s Russian words, with status %i',
    async (tokenErrorStatus) => {
      const world = await startTokenWorld({ tokenErrorStatus }, { password: 'wrong' })
      await expect(world.credential.getToken()).rejects.toMatchObject({
        code: 'client_rejected',
        vendor: 'flowlu',
        oauthError: 'invalid_grant',
        description: WRONG_PASSWORD,
        status: tokenErrorStatus,
        isRetryable: false,
      })
    },
  )

  test('invalid_request: client_rejected with Flowlu’s message', async () => {
    const world = await startTokenWorld()
    const body = { error: 'invalid_request', error_descrption: 'Ошибка в запросе' }
    world.simulator.failNext({ on: 'token', status: 400, body })
    const error = { code: 'client_rejected', oauthError: 'invalid_request', description: 'Ошибка в запросе' }
    await expect(world.credential.getToken()).rejects.toMatchObject(error)
  })

  test('invalid_request_ssl: client_rejected with Flowlu’s message', async () => {
    const world = await startTokenWorld({ overTls: false })
    await expect(world.credential.getToken()).rejects.toMatchObject({
      code: 'client_rejected',
      oauthError: 'invalid_request_ssl',
      description: 'Небезопасный запрос (требуется SSL)',
    })
  })

  test.each(['error_descrption', 'error_description'])(
    'Token errors: %s is read, as text and escaped',
    async (member) => {
      const text = JSON.stringify({ error: 'invalid_grant', [member]: WRONG_PASSWORD })
      const escaped = text.replace(/[^\x00-\x7f]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`)
      for (const body of [text, escaped]) {
        const world = await startTokenWorld()
        world.simulator.failNext({ on: 'token', status: 400, body, contentType: 'text/html; charset=utf-8' })
        await expect(world.credential.getToken()).rejects.toMatchObject({ description: WRONG_PASSWORD })
      }
    },
  )

  test.each(['invalid_grant', 'access_denied', 'not_an_administrator'])(
    'Who may use it: a user who is not an administrator is client_rejected with Flowlu’s code (%s) and message',
    async (notAdministratorError) => {
      const clerk = { username: 'clerk@example.com', password: 'right' }
      const world = await startTokenWorld({ otherUsers: [clerk], notAdministratorError }, clerk)
      await expect(world.credential.getToken()).rejects.toMatchObject({
        code: 'client_rejected',
        oauthError: notAdministratorError,
        description: 'Доступ по OAuth2 только для администраторов',
      })
    },
  )

  test.each([11, 12, 21, 22])(
    'Error envelope: the API’s error %i instead of the token endpoint’s own is client_rejected',
    async (error_code) => {
      const world = await startTokenWorld()
      world.simulator.failNext({
        on: 'token',
        status: 200,
        body: { error: { error_code, error_msg: 'access denied' } },
      })
      await expect(world.credential.getToken()).rejects.toMatchObject({
        code: 'client_rejected',
        oauthError: String(error_code),
        description: 'access denied',
      })
    },
  )

  test('invalid_grant: is not tried again and again, and a corrected password works within a second', async () => {
    let password = 'wrong'
    const world = await startTokenWorld({}, { password: () => password })
    for (let use = 0; use < 3; use += 1) {
      await expect(world.http(world.tasksUrl)).rejects.toMatchObject({ code: 'client_rejected' })
    }
    expect(traffic(world)).toEqual(['token 400'])
    password = ADMINISTRATOR.password
    await world.clock.advance(1000)
    expect((await world.http(world.tasksUrl)).status).toBe(200)
  })
})

describe('an answer that says nothing about the sign-in', () => {
  test.each([
    ['error 13 of the API', { status: 200, body: { error: { error_code: 13, error_msg: 'internal server error' } } }],
    ['error 10 of the API', { status: 200, body: { error: { error_code: 10 } } }],
    ['an HTML page with status 200', { status: 200, body: '<h1>Flowlu</h1>', contentType: 'text/html' }],
    ['a 404 for a wrong token URL', { status: 404, body: '<h1>Page not found</h1>', contentType: 'text/html' }],
    ['a 503 that says invalid_grant', { status: 503, body: { error: 'invalid_grant' } }],
  ])('%s is token_unavailable, and the same sign-in works later', async (_, answer) => {
    const world = await startTokenWorld()
    world.simulator.failNext({ on: 'token', times: Number.POSITIVE_INFINITY, ...answer })
    const use = world.clock.runUntil(world.http(world.tasksUrl), 1000)
    const error: { retryAt: number } = await use.then(
      () => expect.fail('it should have been rejected'),
      (reason) => reason,
    )
    expect(error).toMatchObject({ code: 'token_unavailable', isRetryable: true })
    world.simulator.recover()
    await world.clock.advance(Math.max(error.retryAt - world.clock.now(), 1000))
    expect((await world.http(world.tasksUrl)).status).toBe(200)
  })

  test('Rate limits: a 429 is token_unavailable until Retry-After', async () => {
    const world = await startTokenWorld()
    const retryAt = world.clock.now() + 90_000
    world.simulator.failNext({ on: 'token', status: 429, headers: { 'retry-after': '90' } })
    await expect(world.credential.getToken()).rejects.toMatchObject({ code: 'token_unavailable', retryAt })
  })
})
