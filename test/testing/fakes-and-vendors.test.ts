import { isCredentialError } from '@valetkey/core'
import { oauth2, type PendingSignIn, type SignInCredential } from '@valetkey/oauth2'
import { fakeSignInCredential, virtualClock } from '@valetkey/testing'
import { simulators } from '@valetkey/testing/simulators'
import { describe, expect, onTestFinished, test } from 'vitest'

const HOUR_MS = 3_600_000

/** A credential that people sign in to, and what can happen to it. */
interface Subject {
  readonly credential: SignInCredential
  approve(url: URL): URL
  deny(url: URL): URL
  expire(): Promise<void>
  /** From now on, and after the access token has expired; a program has met it. */
  fail(code: 'reauthorization_required' | 'client_rejected' | 'token_unavailable'): Promise<void>
  recover(): Promise<void>
  pass(ms: number): Promise<void>
}

async function vendor(): Promise<Subject> {
  const clock = virtualClock()
  const idp = await simulators.identityProvider({ clientId: 'boats', clientSecret: 'boats-secret', clock })
  onTestFinished(() => idp.close())
  const redirectUri = 'http://127.0.0.1/callback'
  const credential = oauth2.authorizationCode({ ...idp.optionsFor(oauth2.authorizationCode), redirectUri, clock })
  const expire = () => clock.advance(HOUR_MS)
  return {
    credential,
    approve: idp.approve,
    deny: idp.deny,
    expire,
    async fail(code) {
      await expire()
      const times = Number.POSITIVE_INFINITY
      if (code === 'reauthorization_required') idp.revokeGrants()
      if (code === 'client_rejected')
        idp.failNext({ on: 'token', times, status: 401, body: { error: 'invalid_client' } })
      if (code === 'token_unavailable')
        idp.failNext({ on: 'token', times, status: 503, headers: { 'retry-after': '60' } })
      await credential.getToken().catch(() => undefined)
    },
    async recover() {
      idp.recover()
      await clock.advance(HOUR_MS)
    },
    pass: (ms) => clock.advance(ms),
  }
}

async function fake(): Promise<Subject> {
  const clock = virtualClock()
  const credential = fakeSignInCredential({ clock, signedIn: false })
  const { approve, deny, expire, failWith: fail, recover } = credential
  return { credential, approve, deny, expire, fail, recover, pass: clock.advance }
}

/** `none`, a code, or the reason of a sign-in that failed. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'none'
  } catch (error) {
    if (isCredentialError(error, 'sign_in_failed')) return error.reason
    return isCredentialError(error) ? error.code : String(error)
  }
}

async function signIn({ credential, approve }: Subject): Promise<[URL, PendingSignIn]> {
  const { url, signIn: pending } = await credential.beginSignIn()
  const callback = approve(url)
  await credential.completeSignIn(callback, pending)
  return [callback, pending]
}

/** What a program sees: events, how calls ended, and states. */
type Step = (subject: Subject, note: (what: string) => void) => Promise<void>

const STORIES: readonly (readonly [string, Step])[] = [
  [
    'a sign-in, its tokens, and their end',
    async (subject, note) => {
      const { credential } = subject
      note((await credential.status()).state)
      note(await outcomeOf(credential.getToken()))
      await signIn(subject)
      note((await credential.status()).state)
      const first = await credential.authorization()
      await subject.expire()
      note((await credential.status()).state)
      const second = await credential.authorization()
      note(String(second.generation > first.generation))
      note(String((await credential.renew(first))?.headers.authorization === second.headers.authorization))
      note(String(await credential.importTokens({ accessToken: 'from-elsewhere' }).then(({ imported }) => imported)))
      note(String((await credential.signOut()).revoked))
      note(await outcomeOf(credential.getToken()))
      note((await credential.status()).state)
    },
  ],
  ...(['reauthorization_required', 'client_rejected', 'token_unavailable'] as const).map((code): [string, Step] => [
    `a vendor that answers so: ${code}`,
    async (subject, note) => {
      await signIn(subject)
      await subject.fail(code)
      const status = await subject.credential.status()
      note(`${status.state} ${status.lastError?.code}`)
      note(await outcomeOf(subject.credential.getToken()))
      note(await outcomeOf(subject.credential.claims()))
      await subject.recover()
      if (code === 'reauthorization_required') await signIn(subject)
      note(await outcomeOf(subject.credential.getToken()))
      note((await subject.credential.status()).state)
    },
  ]),
  [
    'sign-ins that come to nothing',
    async (subject, note) => {
      const { credential, approve, deny, pass } = subject
      const begin = () => credential.beginSignIn({ scopes: ['a', 'b'] })
      const complete = async (callback: URL | string, pending: PendingSignIn) =>
        note(await outcomeOf(credential.completeSignIn(callback, pending)))
      const denied = await begin()
      await complete(deny(denied.url), denied.signIn)
      const [used, pending] = await signIn(subject)
      await complete(used, pending)
      const one = await begin()
      const other = await begin()
      await complete(approve(other.url), one.signIn)
      await complete('', one.signIn)
      await complete('http://[', one.signIn)
      await complete(approve(one.url), {} as never)
      await complete(approve(one.url), { ...one.signIn, credential: 'another' })
      const elsewhere = approve(one.url)
      elsewhere.pathname = '/other'
      await complete(elsewhere, one.signIn)
      await complete(approve(one.url).search, { ...one.signIn, codeVerifier: 'w'.repeat(43) })
      await complete(`?state=${other.signIn.state}`, other.signIn)
      const late = await begin()
      await pass(10 * 60_000)
      await complete(approve(late.url), late.signIn)
      note(await outcomeOf(credential.beginSignIn({ scopes: ['a'], addScopes: ['b'] })))
    },
  ],
  [
    'a callback that meets an outage, once more',
    async (subject, note) => {
      await signIn(subject)
      await subject.fail('token_unavailable')
      const { url, signIn: pending } = await subject.credential.beginSignIn()
      const callback = subject.approve(url)
      note(await outcomeOf(subject.credential.completeSignIn(callback, pending)))
    },
  ],
  [
    'scopes that a person adds',
    async ({ credential, approve }, note) => {
      const add = async (options: { scopes?: string[]; addScopes?: string[] }) => {
        const { url, signIn: pending } = await credential.beginSignIn(options)
        await credential.completeSignIn(approve(url), pending)
        note(String((await credential.status()).scopes))
      }
      await add({ scopes: ['a'] })
      await add({ addScopes: ['b'] })
    },
  ],
  [
    'accounts and APIs',
    async (subject, note) => {
      const { credential } = subject
      const kim = credential.for('kim')
      note(String(credential.for('kim') === kim))
      await signIn({ ...subject, credential: kim })
      note(await outcomeOf(credential.getToken()))
      note(await outcomeOf(kim.getToken()))
      const boats = kim.resource('https://boats.example/')
      const tokens = [await kim.getToken(), await boats.getToken()].map(({ accessToken }) => accessToken)
      note(String(tokens[0] !== tokens[1]))
      note(await outcomeOf(boats.for('default').getToken()))
      await boats.signOut()
      note(await outcomeOf(kim.getToken()))
      note(await outcomeOf((async () => credential.for(''))()))
      note(await outcomeOf((async () => kim.audience(''))()))
    },
  ],
]

async function told(subject: Subject, story: Step): Promise<string[]> {
  const seen: string[] = []
  subject.credential.on('*', (name, { account }) => seen.push(`${name} ${account}`))
  await story(subject, (what) => seen.push(what))
  return seen
}

describe('to a program the fake is like a vendor', () => {
  test.each(STORIES)('%s', async (_, story) => {
    const atVendor = await told(await vendor(), story)
    expect(atVendor.length).toBeGreaterThan(1)
    expect(await told(await fake(), story)).toEqual(atVendor)
  })

  test('it has the members of a SignInCredential, and those of its controls', async () => {
    const { credential } = await vendor()
    const imitation: SignInCredential = fakeSignInCredential()
    expect(Object.keys(imitation)).toEqual(expect.arrayContaining(Object.keys(credential)))
    const { signIn: pending } = await credential.beginSignIn()
    expect(Object.keys((await imitation.beginSignIn()).signIn).toSorted()).toEqual(
      Object.keys({ ...pending, issuer: undefined })
        .filter((name) => name !== 'issuer')
        .toSorted(),
    )
  })
})
