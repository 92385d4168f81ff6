import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, test } from 'vitest'

import { virtualClock } from '../src/index.ts'
import { CLIENT, errorOf, post, read, refreshing, start, type Tokens, tokens } from './bluesonde-requests.ts'

describe('Bluesonde simulator: refresh tokens', () => {
  test('a refresh gives a new pair and ends the access token before', async () => {
    const bluesonde = await start()
    const first = await tokens(post(bluesonde, refreshing(bluesonde.plantGrant())))
    const second = await tokens(post(bluesonde, refreshing(first.refresh_token)))
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect((await read(bluesonde, first.access_token)).status).toBe(401)
    expect((await read(bluesonde, second.access_token)).status).toBe(200)
  })

  test('a refresh token that is used again ends the whole family, access tokens included', async () => {
    const bluesonde = await start()
    const planted = bluesonde.plantGrant()
    const other = await tokens(post(bluesonde, refreshing(bluesonde.plantGrant())))
    const latest = await tokens(post(bluesonde, refreshing(planted)))
    expect(await errorOf(post(bluesonde, refreshing(planted)))).toEqual([400, 'invalid_grant'])
    expect((await read(bluesonde, latest.access_token)).status).toBe(401)
    expect(await errorOf(post(bluesonde, refreshing(latest.refresh_token)))).toEqual([400, 'invalid_grant'])
    expect((await read(bluesonde, other.access_token)).status).toBe(200)
  })

  test('within the grace period a used refresh token gives new tokens, after it the family ends', async () => {
    const bluesonde = await start({ ...CLIENT, refreshGraceMs: 10_000, clock: virtualClock() })
    const planted = bluesonde.plantGrant()
    const first = await tokens(post(bluesonde, refreshing(planted)))
    bluesonde.clock.advance(9_999)
    const second = await tokens(post(bluesonde, refreshing(planted)))
    const statuses = [first, second].map(async ({ access_token }) => (await read(bluesonde, access_token)).status)
    expect(await Promise.all(statuses)).toEqual([200, 200])
    bluesonde.clock.advance(1)
    expect(await errorOf(post(bluesonde, refreshing(planted)))).toEqual([400, 'invalid_grant'])
    expect((await read(bluesonde, second.access_token)).status).toBe(401)
  })

  test('of two refreshes at once with one token, one gets an error that says to retry', async () => {
    const bluesonde = await start()
    const release = bluesonde.hold('token', 2)
    const planted = bluesonde.plantGrant()
    const answers = [post(bluesonde, refreshing(planted)), post(bluesonde, refreshing(planted))]
    await bluesonde.waitForRequests('token', 2)
    release()
    const bodies = (await Promise.all(answers)).map(async (answer) => [answer.status, await answer.json()])
    const [[won, pair], [lost, refusal]] = (await Promise.all(bodies)).toSorted(([a], [b]) => a - b) as [
      [number, Tokens],
      [number, unknown],
    ]
    expect([won, lost]).toEqual([200, 400])
    expect(refusal).toEqual({ error: 'invalid_request', error_description: expect.stringContaining('retry') })
    expect((await read(bluesonde, pair.access_token)).status).toBe(200)
  })

  test('an expired or unknown refresh token is answered 400 invalid_grant', async () => {
    const bluesonde = await start({ ...CLIENT, refreshExpiresIn: 60, clock: virtualClock() })
    const planted = bluesonde.plantGrant()
    bluesonde.clock.advance(60_000)
    for (const token of [planted, 'ory_rt_unknown', '']) {
      expect(await errorOf(post(bluesonde, refreshing(token)))).toEqual([400, 'invalid_grant'])
    }
  })

  test('revoked grants end refresh tokens and access tokens', async () => {
    const bluesonde = await start()
    const { access_token, refresh_token } = await tokens(post(bluesonde, refreshing(bluesonde.plantGrant())))
    bluesonde.revokeGrants()
    expect((await read(bluesonde, access_token)).status).toBe(401)
    expect(await errorOf(post(bluesonde, refreshing(refresh_token)))).toEqual([400, 'invalid_grant'])
  })

  test.each(['opaque', 'jwt'] as const)('an access token of the format %s expires', async (accessTokenFormat) => {
    const bluesonde = await start({ ...CLIENT, accessTokenFormat, expiresIn: 60, clock: virtualClock() })
    const { access_token } = await tokens(post(bluesonde, refreshing(bluesonde.plantGrant())))
    expect((await read(bluesonde, access_token)).status).toBe(200)
    bluesonde.clock.advance(60_000)
    expect((await read(bluesonde, access_token)).status).toBe(401)
  })

  test('an access token may be an RS256 JWT with the claims of Ory’s servers', async () => {
    const clock = virtualClock({ now: 1_800_000_000_000 })
    const bluesonde = await start({ ...CLIENT, accessTokenFormat: 'jwt', clock })
    const { access_token } = await tokens(post(bluesonde, refreshing(bluesonde.plantGrant(['offline_access']))))
    expect(decodeProtectedHeader(access_token)).toMatchObject({ alg: 'RS256' })
    expect(decodeJwt(access_token)).toEqual({
      aud: [],
      client_id: 'sim-client',
      ext: {},
      iss: 'https://auth.bluesonde.io',
      jti: expect.any(String),
      nbf: 1_800_000_000,
      iat: 1_800_000_000,
      exp: 1_800_003_600,
      scp: ['offline_access'],
      sub: expect.any(String),
    })
    expect((await read(bluesonde, access_token)).status).toBe(403)
  })
})
