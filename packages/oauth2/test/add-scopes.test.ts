import { describe, expect, test } from 'vitest'
import type { AuthorizationCodeOptions } from '../src/index.ts'
import { startDeviceWorld } from './helpers/device-vendor.ts'
import { callbackOf, errorOf, REFRESH_TOKEN, signIn, startSignInWorld, TOKENS } from './helpers/sign-in.ts'
import { sendAnswer } from './helpers/token-server.ts'

const HOUR_MS = 3_600_000

/** A person has signed in to a program that asks for "read", and was granted `granted`. */
async function signedIn(granted: string | undefined, options: Partial<AuthorizationCodeOptions> = {}) {
  const refused = new Set<string>()
  const world = await startSignInWorld(
    (_request, response) => {
      const form = new URLSearchParams(world.server.requests.at(-1)?.body)
      if (refused.has(form.get('refresh_token') ?? '')) {
        return sendAnswer(response, { status: 400, body: { error: 'invalid_grant' } })
      }
      const isRefresh = form.get('grant_type') === 'refresh_token'
      return sendAnswer(response, { body: { ...TOKENS, ...(!isRefresh && { scope: granted }) } })
    },
    { scopes: ['read'], ...options },
  )
  await signIn(world.credential)
  return { ...world, refused }
}

async function scopeOf({ credential }: Pick<Awaited<ReturnType<typeof signedIn>>, 'credential'>, ...more: string[]) {
  const { url } = await credential.beginSignIn({ addScopes: more })
  return url.searchParams.get('scope')
}

describe('a sign-in for more scopes', () => {
  test('asks for what was granted and what is wanted, each once', async () => {
    expect(await scopeOf(await signedIn('read profile'), 'write', 'profile')).toBe('read profile write')
  })

  test('takes what was asked for as granted where the vendor says nothing else', async () => {
    expect(await scopeOf(await signedIn(undefined), 'write')).toBe('read write')
  })

  test('knows what was granted when the access token has expired, was refreshed, or the grant has died', async () => {
    const world = await signedIn('profile')
    await world.clock.advance(HOUR_MS)
    expect(await scopeOf(world, 'write')).toBe('read profile write')
    await world.credential.getToken()
    expect(await scopeOf(world, 'write')).toBe('read profile write')
    world.refused.add(REFRESH_TOKEN)
    await world.clock.advance(HOUR_MS)
    expect(await errorOf(world.credential.getToken())).toMatchObject({ code: 'reauthorization_required' })
    expect(await scopeOf(world, 'write')).toBe('read profile write')
  })

  test('is for one account, whose grant another process may have stored', async () => {
    const world = await signedIn('profile')
    expect(await scopeOf({ credential: world.connect() }, 'write')).toBe('read profile write')
    expect(await scopeOf({ credential: world.credential.for('another') }, 'write')).toBe('read write')
  })

  test('asks for the configured ones where nothing is granted: before the first sign-in and after a sign-out', async () => {
    const world = await startSignInWorld({}, { scopes: ['read'] })
    expect(await scopeOf(world, 'write')).toBe('read write')
    const left = await signedIn('profile')
    await left.credential.signOut()
    expect(await scopeOf(left, 'write')).toBe('read write')
  })

  test('keeps what was asked for until the person comes back, as granted', async () => {
    const { credential } = await signedIn(undefined)
    const { signIn: pending } = await credential.beginSignIn({ addScopes: ['write'] })
    expect(pending.scopes).toEqual(['read', 'write'])
    await credential.completeSignIn(callbackOf(pending), pending)
    expect(await credential.status()).toMatchObject({ state: 'ready', scopes: ['read', 'write'] })
  })

  test.each([
    [{ addScopes: 'write' }, {}, 'must be an array of strings without spaces, not a string'],
    [{ addScopes: ['read write'] }, {}, 'must be an array of strings without spaces'],
    [{ addScopes: ['write'], scopes: ['read'] }, {}, 'must not be given together with "scopes"'],
    [{ addScopes: ['write'] }, { scopeFormat: 'omit' }, `must not be given with scopeFormat 'omit'`],
  ] as const)('refuses %j with the options %j', async (begin, options, problem) => {
    const { credential } = await startSignInWorld({}, options)
    const error = await errorOf(Promise.resolve(Reflect.apply(credential.beginSignIn, credential, [begin])))
    expect(error.message).toBe(`[acme] "addScopes" ${problem}`)
  })

  test('is not begun where nobody can say what was granted', async () => {
    const { connect, clock } = await startSignInWorld()
    const down = () => Promise.reject(new Error('refused'))
    const credential = connect({ store: { specVersion: 'v1', get: down, compareAndSet: down } })
    const begun = credential.beginSignIn({ addScopes: ['write'] })
    expect(await clock.runUntil(errorOf(begun), 60_000)).toMatchObject({ code: 'store_unavailable' })
  })
})

test('a sign-in on another device for more scopes asks for what was granted and what is wanted', async () => {
  const { credential, clock, server } = await startDeviceWorld(
    [{ body: { ...TOKENS, scope: 'profile' } }],
    {},
    { scopes: ['read'] },
  )
  for (const options of [{}, { addScopes: ['write'] }]) {
    const { done } = await credential.beginSignIn(options)
    await clock.runUntil(done, 60_000)
  }
  const asked = server.requests
    .filter(({ url }) => url === '/device')
    .map(({ body }) => new URLSearchParams(body).get('scope'))
  expect(asked).toEqual(['read', 'read profile write'])
  const error = await errorOf(Promise.resolve(Reflect.apply(credential.beginSignIn, credential, [{ addScopes: 'a' }])))
  expect(error).toMatchObject({ code: 'invalid_option', option: 'addScopes' })
})
