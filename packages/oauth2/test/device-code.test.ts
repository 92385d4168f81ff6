import { inspect } from 'node:util'
import { isCredentialError } from '@valetkey/core'
import { findLeaks } from '@valetkey/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import { deviceCode } from '../src/index.ts'
import type { DeviceWorld, Planned } from './helpers/device-vendor.ts'
import { AUTHORIZATION, DEVICE_CODE, PENDING, startDeviceWorld, TOKENS } from './helpers/device-vendor.ts'
import { CLIENT_SECRET, complete } from './helpers/grants.ts'
import { startTokenServer } from './helpers/token-server.ts'

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'

/** Shorter than the limit of a request, so that time passes only between requests. */
const PAUSES_UP_TO_MS = 59_999

const SUCCESS = { body: TOKENS }

async function signIn({ credential, clock }: DeviceWorld): Promise<void> {
  const { done } = await credential.beginSignIn()
  await clock.runUntil(done, PAUSES_UP_TO_MS)
}

async function errorOf(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  )
  if (isCredentialError(error)) return error
  throw error
}

function formOf(request: { readonly body: string } | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(request?.body))
}

describe('a sign-in on another device (RFC 8628)', () => {
  test('gives what the person needs to see', async () => {
    const complete = 'https://login.example.com/device?user_code=WDJB-MJHT'
    const { credential, clock } = await startDeviceWorld([PENDING], { verification_uri_complete: complete })
    const { done, ...shown } = await credential.beginSignIn()
    expect(shown).toEqual({
      userCode: 'WDJB-MJHT',
      verificationUri: 'https://login.example.com/device',
      verificationUriComplete: complete,
      expiresAt: clock.now() + 900_000,
    })
    expect(done).toBeInstanceOf(Promise)
    await credential.close()
  })

  test('asks for a code, then for tokens, as the client', async () => {
    const options = { scopes: ['read', 'write'], resource: 'https://api.example.com/boats' }
    const world = await startDeviceWorld([SUCCESS], {}, options)
    await signIn(world)
    const [asked, polled] = world.server.requests
    expect(formOf(asked)).toEqual({ scope: 'read write', resource: options.resource, client_id: 'boat-app' })
    expect(formOf(polled)).toEqual({ grant_type: GRANT_TYPE, device_code: DEVICE_CODE, resource: options.resource })
    const basic = `Basic ${btoa(`boat-app:${CLIENT_SECRET}`)}`
    expect([asked?.headers.authorization, polled?.headers.authorization]).toEqual([basic, basic])
  })

  test('needs no secret of a public client', async () => {
    const world = await startDeviceWorld([SUCCESS], {}, { clientSecret: undefined })
    await signIn(world)
    expect(world.server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
    expect(formOf(world.polls()[0]).client_id).toBe('boat-app')
  })

  test('stores its tokens for every credential of that store, and they are refreshed', async () => {
    const world = await startDeviceWorld([SUCCESS, { body: { ...TOKENS, access_token: 'second-access' } }])
    await signIn(world)
    const other = world.connect()
    expect((await other.getToken()).accessToken).toBe('first-access')
    await world.clock.advance(3_600_000)
    expect((await other.getToken()).accessToken).toBe('second-access')
    expect(formOf(world.polls()[1])).toEqual({ grant_type: 'refresh_token', refresh_token: 'canary-refresh' })
  })

  test('has granted what was asked for unless the vendor says otherwise', async () => {
    const quiet = await startDeviceWorld([SUCCESS], {}, { scopes: ['read', 'write'] })
    await signIn(quiet)
    expect((await quiet.credential.getToken()).scopes).toEqual(['read', 'write'])
    const narrow = await startDeviceWorld([{ body: { ...TOKENS, scope: 'read' } }], {}, { scopes: ['read', 'write'] })
    await signIn(narrow)
    expect(await narrow.credential.status()).toMatchObject({ state: 'ready', scopes: ['read'], renewable: true })
  })

  test('is for one account; each account has its own', async () => {
    const world = await startDeviceWorld([SUCCESS])
    const { credential } = world
    const ada = credential.for('ada')
    await signIn({ ...world, credential: ada })
    expect((await ada.getToken()).accessToken).toBe('first-access')
    expect((await errorOf(credential.getToken())).code).toBe('not_signed_in')
    expect(credential.for('ada')).toBe(ada)
    expect(ada.for('default')).toBe(credential)
  })

  test('finds its endpoints by the issuer', async () => {
    const world = await startDeviceWorld([SUCCESS])
    const { origin, tokenUrl } = world.server
    const document = { issuer: 'https://login.example.com', token_endpoint: tokenUrl }
    const metadata = { ...document, device_authorization_endpoint: `${origin}/device` }
    const seeing: typeof fetch = async (input, init) =>
      new Request(input).url.startsWith(origin) ? fetch(input, init) : Response.json(metadata)
    const urls = { tokenUrl: undefined, deviceAuthorizationUrl: undefined, issuer: 'https://login.example.com' }
    await signIn({ ...world, credential: world.connect({ ...urls, fetch: seeing }) })
    expect(world.polls()).toHaveLength(1)
  })

  test('takes the names that Google gives, and numbers in quotes', async () => {
    const { verification_uri, ...rest } = AUTHORIZATION
    const odd = { ...rest, verification_uri: undefined, verification_url: verification_uri }
    const world = await startDeviceWorld([PENDING, SUCCESS], { ...odd, expires_in: '60', interval: '2' })
    const { done, verificationUri } = await world.credential.beginSignIn()
    await world.clock.runUntil(done, PAUSES_UP_TO_MS)
    expect(verificationUri).toBe(verification_uri)
    expect(world.pollTimes).toEqual([2, 4])
  })
})

describe('until the person has signed in, the vendor is asked', () => {
  test.each<[string, readonly Planned[], object, number[]]>([
    ['as often as it says', [PENDING, PENDING, SUCCESS], { interval: 7 }, [7, 14, 21]],
    ['every five seconds if it does not say', [PENDING, SUCCESS], {}, [5, 10]],
    [
      'five seconds less often from each slow_down on',
      [PENDING, { status: 400, body: { error: 'slow_down' } }, PENDING, SUCCESS],
      {},
      [5, 10, 20, 30],
    ],
    [
      'again after an answer with an unusual status',
      [
        { status: 428, body: { error: 'authorization_pending' } },
        { status: 200, body: { error: 'authorization_pending' } },
        { status: 403, body: { error: 'slow_down' } },
        SUCCESS,
      ],
      {},
      [5, 10, 15, 25],
    ],
    [
      'less and less often while it cannot be reached, then as before',
      ['broken', { status: 503 }, { body: '<html>' }, PENDING, SUCCESS],
      {},
      [5, 15, 35, 75, 80],
    ],
    [
      'when it wants to be asked again',
      [{ status: 429, headers: { 'retry-after': '33' } }, { status: 503, headers: { 'retry-after': '1' } }, SUCCESS],
      {},
      [5, 38, 58],
    ],
  ])('%s', async (_how, answers, authorization, times) => {
    const world = await startDeviceWorld(answers, authorization)
    const { done } = await world.credential.beginSignIn()
    await world.clock.runUntil(done, PAUSES_UP_TO_MS)
    expect(world.pollTimes).toEqual(times)
  })

  test('again when it has not answered for a minute', async () => {
    const world = await startDeviceWorld(['silence', SUCCESS])
    const { done } = await world.credential.beginSignIn()
    await world.clock.advance(5_000)
    await world.clock.runUntil(done, 60_000)
    expect(world.pollTimes).toEqual([5, 75])
  })

  test('until the code has expired, and not once more', async () => {
    const world = await startDeviceWorld([PENDING, PENDING, 'broken'], { expires_in: 20 })
    const error = await errorOf(signIn(world))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'expired_token', isRetryable: false })
    await world.clock.advance(900_000)
    expect(world.pollTimes).toEqual([5, 10, 15])
  })
})

describe('a sign-in is over when', () => {
  test.each(['access_denied', 'expired_token', 'invalid_grant'])('the vendor says %s', async (reason) => {
    const body = { error: reason, error_description: `No: ${DEVICE_CODE}.` }
    const world = await startDeviceWorld([PENDING, { status: 400, body }])
    const error = await errorOf(signIn(world))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason, vendor: 'acme', account: 'default' })
    expect(error.message).toContain(`${reason}: No: ***.`)
    expect(world.pollTimes).toEqual([5, 10])
    expect((await errorOf(world.credential.getToken())).code).toBe('not_signed_in')
  })

  test('the vendor says that the person refused in Microsoft’s word', async () => {
    const body = { error: 'authorization_declined', error_description: 'The end user denied.' }
    const world = await startDeviceWorld([PENDING, { status: 400, body }])
    const told: unknown[] = []
    world.credential.on('sign_in_failed', ({ reason }) => told.push(reason))
    const error = await errorOf(signIn(world))
    expect(error).toMatchObject({ code: 'sign_in_failed', reason: 'access_denied', isRetryable: false })
    expect(error.message).toContain('authorization_declined: The end user denied.')
    expect([told, world.pollTimes]).toEqual([['access_denied'], [5, 10]])
  })

  test.each(['access_denied', 'authorization_declined'])(
    'the vendor says %s, though a short secret occurs in its words',
    async (error) => {
      const answers = [PENDING, { status: 400, body: { error } }]
      const clientSecret = error.replace(/^.*_/, '')
      const world = await startDeviceWorld(answers, { device_code: 'pending' }, { clientSecret })
      expect(await errorOf(signIn(world))).toMatchObject({ code: 'sign_in_failed', reason: 'access_denied' })
      expect(world.pollTimes).toEqual([5, 10])
    },
  )

  test('the vendor refuses the client, at either endpoint', async () => {
    const answer = { status: 401, body: { error: 'invalid_client', error_description: 'Unknown client.' } }
    const expected = {
      code: 'client_rejected',
      oauthError: 'invalid_client',
      description: 'Unknown client.',
      status: 401,
    }
    expect(await errorOf(signIn(await startDeviceWorld([answer])))).toMatchObject(expected)
    await using server = await startTokenServer(answer)
    const urls = { tokenUrl: server.tokenUrl, deviceAuthorizationUrl: server.tokenUrl }
    expect(await errorOf(deviceCode(complete(urls)).beginSignIn())).toMatchObject(expected)
  })

  test('the program aborts it, between requests', async () => {
    const { credential, clock, pollTimes } = await startDeviceWorld([PENDING])
    const aborting = new AbortController()
    const { done } = await credential.beginSignIn({ signal: aborting.signal })
    await clock.waitForSleep(PAUSES_UP_TO_MS)
    aborting.abort('enough')
    await expect(done).rejects.toBe('enough')
    await clock.advance(900_000)
    expect(pollTimes).toEqual([])
  })

  test('the program aborts it, during a request', async () => {
    const { credential, clock, pollTimes } = await startDeviceWorld(['silence'])
    const aborting = new AbortController()
    const { done } = await credential.beginSignIn({ signal: aborting.signal })
    await clock.advance(5_000)
    await clock.waitForSleep(60_000)
    aborting.abort('enough')
    await expect(done).rejects.toBe('enough')
    await clock.advance(900_000)
    expect(pollTimes).toHaveLength(1)
  })

  test('the program aborts it before there is a code', async () => {
    await using silent = await startTokenServer(() => aborting.abort('enough'))
    const aborting = new AbortController()
    const urls = { tokenUrl: silent.tokenUrl, deviceAuthorizationUrl: silent.tokenUrl }
    const credential = deviceCode(complete(urls))
    await expect(credential.beginSignIn({ signal: aborting.signal })).rejects.toBe('enough')
    await expect(credential.beginSignIn({ signal: aborting.signal })).rejects.toBe('enough')
    expect(silent.requests).toHaveLength(1)
  })

  test('the credential is closed, for whichever account; it stays usable', async () => {
    const world = await startDeviceWorld([SUCCESS])
    const told: unknown[] = []
    world.credential.on('sign_in_failed', ({ account, reason }) => told.push([account, reason]))
    world.credential.on('signed_in', ({ account }) => told.push([account]))
    const { done } = await world.credential.for('ada').beginSignIn()
    const failed = errorOf(done)
    await world.credential.close()
    expect(await failed).toMatchObject({ code: 'sign_in_failed', reason: 'closed', account: 'ada' })
    await signIn(world)
    expect((await world.credential.getToken()).accessToken).toBe('first-access')
    expect(told).toEqual([['ada', 'closed'], ['default']])
  })
})

describe('a sign-in that fails', () => {
  test('is no unhandled rejection, though nobody waits for it', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', listener)
    onTestFinished(() => void process.off('unhandledRejection', listener))
    const world = await startDeviceWorld([{ status: 400, body: { error: 'access_denied' } }])
    await world.credential.beginSignIn()
    await world.clock.advance(await world.clock.waitForSleep(PAUSES_UP_TO_MS))
    await world.credential.close()
    await world.clock.advance(0)
    expect(world.pollTimes).toEqual([5])
    expect(unhandled).toEqual([])
  })

  test('shows no device code, and neither does one under way (S6)', async () => {
    const world = await startDeviceWorld([PENDING, { status: 400, body: { error: 'access_denied' } }])
    const signingIn = await world.credential.beginSignIn()
    const inspectAll = (value: unknown) => inspect(value, { depth: 9, showHidden: true, customInspect: false })
    expect(findLeaks(signingIn, [DEVICE_CODE, CLIENT_SECRET], inspectAll)).toEqual([])
    const error = await errorOf(world.clock.runUntil(signingIn.done, PAUSES_UP_TO_MS))
    expect(findLeaks(error, [DEVICE_CODE, CLIENT_SECRET], inspectAll)).toEqual([])
  })

  test.each<[string, object]>([
    ['no device code', { device_code: undefined }],
    ['a user code that is no text', { user_code: 7 }],
    ['a user code that would colour the terminal', { user_code: 'WDJB-MJHT\u001b[31m' }],
    ['a user code that would end the line', { user_code: 'WDJB\r\nMJHT' }],
    ['a user code that would delete', { user_code: 'WDJB\u007fMJHT' }],
    ['a user code that would turn the writing round', { user_code: 'WDJB\u202eMJHT' }],
    ['a user code that fills the terminal', { user_code: 'W'.repeat(1025) }],
    ['no lifetime', { expires_in: undefined }],
    ['a page over plain http', { verification_uri: 'http://login.example.com/device' }],
    ['a page that is a script', { verification_uri: 'javascript:alert(1)' }],
    ['a complete page that is a script', { verification_uri_complete: 'javascript:alert(1)' }],
  ])('because the answer holds %s is the vendor’s trouble', async (_what, authorization) => {
    const { credential, server } = await startDeviceWorld([SUCCESS], authorization)
    expect(await errorOf(credential.beginSignIn())).toMatchObject({ code: 'token_unavailable', isRetryable: true })
    expect(server.requests).toHaveLength(1)
  })

  test('may lead to a page over plain http on a host that is listed, with its port', async () => {
    const pages = [undefined, 'http://keycloak:8080/device', 'http://keycloak:9090/device']
    const answers = pages.map(async (verification_uri = 'https://login.example.com/device') => {
      const { server, connect } = await startDeviceWorld([SUCCESS], { verification_uri })
      const allowInsecureRequests = [new URL(server.origin).host, 'keycloak:8080']
      const signIn = connect({ allowInsecureRequests }).beginSignIn()
      return signIn.then(
        ({ verificationUri }) => verificationUri,
        ({ code }) => code,
      )
    })
    expect(await Promise.all(answers)).toEqual([
      'https://login.example.com/device',
      'http://keycloak:8080/device',
      'token_unavailable',
    ])
  })

  test('is told where the credential is made when no endpoint is known', () => {
    const options = complete({ tokenUrl: 'https://login.example.com/token' })
    const make = () => deviceCode(options)
    expect(make).toThrow('[acme] "deviceAuthorizationUrl" is required')
  })
})

test.each([undefined, null, '', 0])('an account that is %j is an error, and no account', async (none) => {
  const { credential, connect } = await startDeviceWorld([{ body: TOKENS }])
  const problem = expect.objectContaining({ code: 'invalid_option', option: 'account' })
  expect(() => Reflect.apply(credential.for, undefined, [none])).toThrow(problem)
  expect(() => Reflect.apply(connect, undefined, [{ account: none }])).toThrow(problem)
})

test('a sign-in is of the account that began it, and of no other', async () => {
  const { credential, clock } = await startDeviceWorld([{ body: TOKENS }])
  const { done } = await credential.for('ida').beginSignIn()
  await clock.runUntil(done, 10_000)
  expect(await credential.for('ida').status()).toMatchObject({ state: 'ready' })
  for (const account of ['ove', 'default'])
    expect(await credential.for(account).status()).toEqual({ state: 'signed_out' })
})
