import { authorizationCode, type SignInCredential } from '@valetkey/oauth2'
import { describe, expect, test } from 'vitest'
import { type FailedSignIn, type SignInHandlerOptions, signInHandler } from '../src/index.ts'
import { KEY, startWorld, userOf } from './support/world.ts'

const credential = authorizationCode({
  vendor: 'acme',
  origins: ['https://api.acme.example'],
  tokenUrl: 'https://login.acme.example/token',
  authorizationUrl: 'https://login.acme.example/authorize',
  clientId: 'boat-app',
  redirectUri: 'https://app.example.com/callback',
})
const OPTIONS: SignInHandlerOptions = { accountOf: userOf, cookieKey: KEY }

describe('a mistake in the options is told where they are given', () => {
  test.each<[string, object, string]>([
    ['accountOf', { accountOf: undefined }, 'is required'],
    ['accountOf', { accountOf: 'ada' }, 'must be a function, not a string'],
    ['onError', { onError: '/failed' }, 'must be a function, not a string'],
    ['onNoAccount', { onNoAccount: '/log-in' }, 'must be a function, not a string'],
    ['optionsOf', { optionsOf: { scopes: [] } }, 'must be a function, not an object'],
    ['cookieKey', { cookieKey: undefined }, 'is required'],
    ['cookieKey', { cookieKey: '' }, 'must be 32 random bytes'],
    ['cookieKey', { cookieKey: 'a password of thirty-two letters' }, 'must be 32 random bytes'],
    ['cookieKey', { cookieKey: `${KEY}\n` }, 'ends in a line break'],
    ['cookieKey', { cookieKey: new Uint8Array(16) }, 'must be 32 random bytes'],
    ['cookieKey', { cookieKey: [] }, 'must hold at least one key'],
    ['cookieKey[1]', { cookieKey: [KEY, 'old'] }, 'must be 32 random bytes'],
    ['basePath', { basePath: '/acme/' }, 'must be a path such as'],
    ['basePath', { basePath: 'acme' }, 'must be a path such as'],
    ['basePath', { basePath: '//acme.example' }, 'must be a path such as'],
    ['basePath', { basePath: '/acme?x=' }, 'must be a path such as'],
    [
      'callbackPath',
      { basePath: '/acme' },
      'is "/acme/callback", and the path of the credential\'s "redirectUri" is "/callback"',
    ],
    ['callbackPath', { callbackPath: 'https://app.example.com/callback' }, 'must be a path such as'],
    ['returnTo', { returnTo: 'https://app.example.com/' }, 'must be a path'],
    ['returnTo', { returnTo: '//app.example.com' }, 'must be a path'],
    ['origin', { origin: 'app.example.com' }, 'must be an absolute https URL'],
    ['cookieKeys', { cookieKeys: [KEY] }, 'is not an option: did you mean "cookieKey"?'],
  ])('%s: %j', (option, given, problem) => {
    const make = () => signInHandler(credential, { ...OPTIONS, ...given })
    expect(make).toThrow(expect.objectContaining({ code: 'invalid_option', option }))
    expect(make).toThrow(problem)
    expect(make).not.toThrow('thirty-two')
  })

  test('and so is a credential of another kind', () => {
    const other = { vendor: 'acme', for: () => undefined } as unknown as SignInCredential
    expect(() => signInHandler(other, OPTIONS)).toThrow('[@valetkey/sign-in] "credential" must be one of people')
  })

  test('but not a redirect URI that has no path here: a name, a program’s own scheme', () => {
    for (const redirectUri of [
      'Acme_Boats-AcmeBoat-PRD-abcde',
      'com.example.boats:/back',
      'https://app.example.com/acme/callback/',
    ]) {
      const own = { ...credential, redirectUri }
      expect(() => signInHandler(own, { ...OPTIONS, basePath: '/acme' })).not.toThrow()
    }
  })

  test.each([KEY, KEY.replace('=', ''), 'f0'.repeat(32), new Uint8Array(32), Buffer.alloc(32)])(
    'a key may be %s',
    (cookieKey) => {
      expect(() => signInHandler(credential, { ...OPTIONS, cookieKey })).not.toThrow()
    },
  )
})

describe('the program’s own answers', () => {
  test('stand in place of the page of an error, with the cookie ended', async () => {
    const failures: FailedSignIn[] = []
    const { browser } = await startWorld({
      onError: (error, failed) => {
        failures.push(failed)
        const to = new URL(`/failed?why=${error.code}&back=${failed.returnTo}`, failed.request.url)
        return Response.redirect(to, 303)
      },
    })
    const ada = browser('ada')
    const denied = await ada.open(await ada.answerVendor('deny', '/sign-in?returnTo=/boats'))
    expect(denied).toMatchObject({
      status: 303,
      location: expect.stringMatching(/\/failed\?why=sign_in_failed&back=\/boats$/),
    })
    expect([...ada.cookies.keys()]).toEqual(['user'])
    expect(failures).toEqual([expect.objectContaining({ step: 'callback', returnTo: '/boats' })])
  })

  test('may be none: then the page comes, and the program has seen the error', async () => {
    const reasons: unknown[] = []
    const { browser } = await startWorld({
      onError(error) {
        reasons.push(error)
        return undefined
      },
    })
    expect((await browser('ada').open('/callback?code=x&state=y')).text).toContain('This sign-in has ended.')
    expect(reasons).toEqual([expect.objectContaining({ code: 'sign_in_failed', reason: 'no_sign_in', account: 'ada' })])
  })

  test('stand in place of the page for nobody', async () => {
    const { browser, origin } = await startWorld({
      onNoAccount: () => new Response(null, { status: 303, headers: { location: '/log-in' } }),
    })
    const nobody = browser('')
    for (const path of ['/sign-in', '/callback?code=x&state=y']) {
      expect(await nobody.open(path)).toMatchObject({ status: 303, location: '/log-in' })
    }
    expect(await nobody.send('POST', '/sign-out', { origin })).toMatchObject({ location: '/log-in' })
  })

  test('are asked with what the handler was given beside the request', async () => {
    interface Context {
      readonly user: string
    }
    const seen: unknown[] = []
    const handler = signInHandler(credential, {
      ...OPTIONS,
      accountOf: (_, context: Context) => context.user,
      optionsOf: (_, context) => {
        seen.push(context)
        return undefined
      },
      onError: (_, { context }) => new Response(context.user, { status: 418 }),
      onNoAccount: (_, context) => new Response(JSON.stringify(context), { status: 401 }),
    })
    const ask = async (path: string, user: string) => {
      const answer = await handler(new Request(`https://app.example.com${path}`), { user })
      return [answer.status, await answer.text()]
    }
    expect(await ask('/callback', 'ada')).toEqual([418, 'ada'])
    expect(await ask('/callback', '')).toEqual([401, '{"user":""}'])
    expect(await ask('/sign-in', 'ada')).toEqual([303, ''])
    expect(seen).toEqual([{ user: 'ada' }])
  })

  test('that are errors of the program are not caught', async () => {
    const handler = signInHandler(credential, {
      ...OPTIONS,
      accountOf: () => Promise.reject(new Error('the sessions are down')),
      onError: () => new Response('caught'),
    })
    await expect(handler(new Request('https://app.example.com/sign-in'))).rejects.toThrow('the sessions are down')
  })

  test.each([7, {}, true])('no account is %j', async (account) => {
    const handler = signInHandler(credential, { ...OPTIONS, accountOf: () => account as never })
    const answer = await handler(new Request('https://app.example.com/sign-in'))
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([500, []])
  })
})
