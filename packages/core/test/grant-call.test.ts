import { GrantError, type TokenGrant } from '@valetkey/core'
import { systemClock } from '@valetkey/core/kit'
import { describe, expect, test } from 'vitest'
import { callGrant } from '../src/tokens/grant.ts'

const SECRET = 'canary-client-secret'

const call = (grant: TokenGrant, isKeyedBySecrets = false) =>
  callGrant({ grant, isKeyedBySecrets, account: 'default', clock: systemClock, fetch }, { mode: 'acquire' })

describe('what a grant throws', () => {
  test.each([
    ['an error', new Error(`POST /token with ${SECRET}`)],
    ['a text', `POST /token with ${SECRET}`],
    ['an object with the members of a failure', { failure: { kind: 'client_rejected', description: SECRET } }],
    ['an error that reads like one of ours', Object.assign(new Error(SECRET), { name: 'GrantError' })],
  ])('is not repeated when it is %s', async (_, thrown) => {
    const outcome = await call({ acquire: () => Promise.reject(thrown) })
    expect(outcome).toEqual({ type: 'failed', kind: 'token_unavailable', sent: true, description: undefined })
  })

  test('is passed on when it is a GrantError, whose words the grant answers for', async () => {
    const failure = { kind: 'token_unavailable', sent: false, description: 'the vault is locked' } as const
    expect(await call({ acquire: () => Promise.reject(new GrantError(failure)) })).toEqual({
      type: 'failed',
      ...failure,
    })
  })

  test('that the client is rejected holds for the secrets that were used, as a salted fingerprint', async () => {
    const rejected = { kind: 'client_rejected', sent: true } as const
    const acquire = () => Promise.reject(new GrantError(rejected))
    const secrets = async () => SECRET
    const first = await call({ acquire, secrets })
    expect(first).toMatchObject({ ...rejected, by: expect.stringMatching(/^[0-9a-f]{4}$/), salt: expect.any(String) })
    expect(JSON.stringify(first)).not.toContain(SECRET)
    expect(await call({ acquire })).not.toHaveProperty('by')
    expect(await call({ acquire, secrets }, true)).not.toHaveProperty('salt')
    const failure = { kind: 'token_unavailable', sent: true } as const
    expect(await call({ secrets, acquire: () => Promise.reject(new GrantError(failure)) })).not.toHaveProperty('salt')
  })
})

describe('tokens that cannot be used', () => {
  const fresh = { accessToken: 'access', expiresIn: 60 }
  const circle: Record<string, unknown> = {}
  circle.self = circle

  test.each<[string, object, string]>([
    ['an access token with a space', { accessToken: 'a b' }, 'an unusable access token'],
    ['an access token that is too long', { accessToken: 'a'.repeat(16_385) }, 'an unusable access token'],
    ['an access token that is no text', { accessToken: 7 }, 'an unusable access token'],
    ['a refresh token with a line end', { refreshToken: 'a\n' }, 'an unusable refresh token'],
    ['an "extra" that holds itself', { extra: circle }, 'an "extra" that is not JSON'],
  ])('are a failure in words of ours: %s', async (_, tokens, problem) => {
    const description = `the token endpoint answered with ${problem}`
    const outcome = await call({ acquire: async () => ({ ...fresh, ...tokens }) })
    expect(outcome).toEqual({ type: 'failed', kind: 'token_unavailable', sent: true, description })
  })

  test('are none that are as long as a header may be', async () => {
    const outcome = await call({ acquire: async () => ({ ...fresh, accessToken: 'a'.repeat(16_384) }) })
    expect(outcome).toMatchObject({ type: 'obtained', tokens: { tokenType: 'Bearer', lifetimeMs: 60_000 } })
  })
})

describe('what a grant is called with', () => {
  test('is the account, the fetch, the clock, and a signal that is not aborted', async () => {
    const seen: unknown[] = []
    await call({
      acquire: async ({ account, fetch: given, now, signal }) => {
        seen.push(account, given, Math.abs(now() - Date.now()) < 60_000, signal.aborted)
        return { accessToken: 'access' }
      },
    })
    expect(seen).toEqual(['default', fetch, true, false])
  })

  test('is the refresh token, where there is one to spend', async () => {
    const grant: TokenGrant = {
      acquire: async () => ({ accessToken: 'issued' }),
      refresh: async (token) => ({ accessToken: `for-${token}` }),
    }
    const caller = { grant, account: 'default', clock: systemClock, fetch }
    expect(await callGrant(caller, { mode: 'refresh', refreshToken: 'r1' })).toMatchObject({
      tokens: { accessToken: 'for-r1' },
    })
    const { refresh: _, ...acquireOnly } = grant
    expect(await callGrant({ ...caller, grant: acquireOnly }, { mode: 'refresh', refreshToken: 'r1' })).toMatchObject({
      kind: 'token_unavailable',
    })
  })

  test('is aborted after a minute, which is told in words of ours', async () => {
    let given: AbortSignal | undefined
    const clock = { ...systemClock, sleep: async () => {} }
    const acquire: TokenGrant['acquire'] = ({ signal }) => {
      given = signal
      return new Promise(() => {})
    }
    const outcome = await callGrant({ grant: { acquire }, account: 'default', clock, fetch }, { mode: 'acquire' })
    const description = 'the token endpoint did not answer in time'
    expect(outcome).toEqual({ type: 'failed', kind: 'token_unavailable', sent: true, description })
    expect(given?.aborted).toBe(true)
  })

  test('has its minute ended with the answer, and is not aborted then', async () => {
    let given: AbortSignal | undefined
    let minute: AbortSignal | undefined
    const clock = {
      ...systemClock,
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve) => {
          minute = signal
          signal?.addEventListener('abort', () => resolve())
        }),
    }
    const acquire: TokenGrant['acquire'] = async ({ signal }) => {
      given = signal
      return { accessToken: 'access' }
    }
    await callGrant({ grant: { acquire }, account: 'default', clock, fetch }, { mode: 'acquire' })
    await Promise.resolve()
    expect([minute?.aborted, given?.aborted]).toEqual([true, false])
  })
})

test.each<[object, object]>([
  [{ tokenType: 'DPoP' }, { tokenType: 'DPoP', refreshLifetimeMs: undefined }],
  [{ tokenType: 7 }, { tokenType: 'Bearer' }],
  [
    { refreshToken: 'r1', refreshExpiresIn: 60 },
    { refreshToken: 'r1', refreshLifetimeMs: 60_000 },
  ],
  [{ refreshToken: 'r1' }, { refreshToken: 'r1', refreshLifetimeMs: undefined }],
  [{ refreshExpiresIn: 60 }, { refreshToken: undefined, refreshLifetimeMs: undefined }],
])('tokens with %j are %j', async (tokens, expected) => {
  expect(await call({ acquire: async () => ({ accessToken: 'access', ...tokens }) })).toMatchObject({
    tokens: expected,
  })
})

test('a grant without the function that is needed is a failure', async () => {
  expect(await call({ refresh: async () => ({ accessToken: 'access' }) })).toMatchObject({ kind: 'token_unavailable' })
})
