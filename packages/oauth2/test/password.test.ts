import { describe, expect, test } from 'vitest'
import { acquire, CLIENT_SECRET, PASSWORD, REFRESH_TOKEN, refresh, userGrant } from './helpers/grants.ts'
import { startTokenServer } from './helpers/token-server.ts'

const TOKENS = { access_token: 'first-token', token_type: 'bearer', expires_in: 3600, refresh_token: 'next-refresh' }

describe('the password grant', () => {
  test('signs in with user name and password, escaped by the encoding and not by hand', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const signIn = { username: 'jörg@example.com', password: 'quo"te&am+p' }
    await acquire(userGrant({ tokenUrl: server.tokenUrl, encoding: 'json' }, signIn))
    await acquire(userGrant({ tokenUrl: server.tokenUrl, scopes: ['read'] }, signIn))
    const [json, form] = server.requests
    expect(JSON.parse(json?.body ?? '')).toEqual({ grant_type: 'password', ...signIn })
    const parameters = new URLSearchParams(form?.body)
    expect(Object.fromEntries(parameters)).toEqual({ grant_type: 'password', ...signIn, scope: 'read' })
  })

  test('refreshes with the refresh token, client authentication and nothing of the sign-in', async () => {
    await using server = await startTokenServer({ body: TOKENS })
    const options = { tokenUrl: server.tokenUrl, clientAuthentication: 'client_secret_post', scopes: ['read'] } as const
    const tokens = await refresh(userGrant(options))
    expect(Object.fromEntries(new URLSearchParams(server.requests[0]?.body))).toEqual({
      grant_type: 'refresh_token',
      refresh_token: REFRESH_TOKEN,
      client_id: 'boat-app',
      client_secret: CLIENT_SECRET,
    })
    expect(tokens).toMatchObject({ accessToken: 'first-token', refreshToken: 'next-refresh' })
  })

  test('keeps quiet about a refresh token when the answer has none', async () => {
    await using server = await startTokenServer({ body: { access_token: 'first-token', refresh_token: '' } })
    const tokens = await refresh(userGrant({ tokenUrl: server.tokenUrl }))
    expect(tokens.refreshToken).toBeUndefined()
  })

  test('tells its configured secrets, so that a corrected password works at once', async () => {
    const grant = userGrant({ tokenUrl: 'https://login.example.com/token' })
    expect(JSON.parse((await grant.secrets?.()) ?? '')).toEqual([CLIENT_SECRET, PASSWORD])
  })
})
