import {
  type CredentialOptions,
  createTokenCredential,
  GrantError,
  memoryStore,
  type TokenCredential,
  type TokenGrant,
} from '@valetkey/core'
import { forTarget, storeSignIn, type TargetCredential } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { describe, expect, test } from 'vitest'
import { type RotatingVendorOptions, rotatingVendor } from './support/rotating-vendor.ts'

const LIFETIME_S = 100
const KEY = JSON.stringify(['vk1', 'acme', 'resources', 'default'])

interface Process {
  readonly main: TokenCredential
  of(target: string, origins?: readonly string[]): TargetCredential
}

/** A grant whose access tokens are for a target; the strict vendor takes each refresh token once. */
async function setUp(options: RotatingVendorOptions = {}) {
  const { expiresIn = LIFETIME_S } = options
  const clock = virtualClock()
  const vendor = rotatingVendor({ canAcquire: false, ...options, expiresIn })
  const inner = memoryStore({ clock })
  const asked: string[] = []
  const grantFor = (target: string): TokenGrant => {
    const { acquire, refresh } = vendor.grant
    return {
      ...(acquire && {
        async acquire(context) {
          asked.push(target)
          const tokens = await acquire(context)
          return { ...tokens, accessToken: `${target}-${tokens.accessToken}` }
        },
      }),
      ...(refresh && {
        async refresh(refreshToken, context) {
          asked.push(target)
          const tokens = await refresh(refreshToken, context)
          return { ...tokens, accessToken: `${target}-${tokens.accessToken}` }
        },
      }),
    }
  }
  /** With a memory that no other credential shares. */
  const process = (more: CredentialOptions = {}): Process => {
    const main = createTokenCredential(
      { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['resources'], grant: grantFor('main') },
      { clock, store: { ...inner }, maxWaitMs: 10_000, ...more },
    )
    return { main, of: (target, origins) => forTarget(main, { target, grant: grantFor(target), origins }) }
  }
  const signIn = async (credential: TokenCredential, name = 'first'): Promise<void> => {
    vendor.adopt(`refresh-of-${name}`)
    const tokens = { accessToken: `main-of-${name}`, refreshToken: `refresh-of-${name}`, expiresIn }
    await storeSignIn(credential, { ...tokens, extra: { instance_url: `https://${name}.acme.example` } })
  }
  const settle = async <T>(work: Promise<T>): Promise<T | string> => {
    const settled = work.catch((error: { code: string }) => error.code)
    await clock.advance(20_000)
    return settled
  }
  const tokenOf = (of: TargetCredential) => settle(of.getToken().then(({ accessToken }) => accessToken))
  const recordOf = async () => JSON.parse((await inner.get(KEY)).value ?? '{}')
  const write = async (record: object): Promise<void> => {
    const { version } = await inner.get(KEY)
    expect(await inner.compareAndSet(KEY, version, JSON.stringify(record))).toMatchObject({ ok: true })
  }
  return { clock, vendor, inner, asked, process, signIn, settle, tokenOf, recordOf, write }
}

describe('one refresh token, an access token for each target', () => {
  test('each refresh replaces the refresh token, and the access token of its own target only', async () => {
    const { vendor, process, signIn, tokenOf, recordOf } = await setUp()
    const { main, of } = process()
    await signIn(main)
    expect(await tokenOf(of('mail'))).toBe('mail-access-1')
    expect(await tokenOf(of('files'))).toBe('files-access-2')
    expect(await tokenOf(main)).toBe('main-of-first')
    expect(await tokenOf(of('mail'))).toBe('mail-access-1')
    expect(vendor.calls).toEqual(['refresh refresh-of-first', 'refresh refresh-1'])
    const { tokens } = await recordOf()
    expect([tokens.accessToken, tokens.refreshToken]).toEqual(['main-of-first', 'refresh-2'])
  })

  test.each([1, 2])('at the same time, in %i processes: no refresh token is sent twice', async (count) => {
    const { clock, vendor, process, signIn, settle } = await setUp()
    const processes = Array.from({ length: count }, () => process())
    const [first] = processes
    if (first) await signIn(first.main)
    const names = ['main', 'mail', 'files', 'people']
    for (let lifetime = 0; lifetime < 3; lifetime += 1) {
      await clock.advance(LIFETIME_S * 1_000)
      vendor.calls.length = 0
      const wanted = processes.flatMap(({ main, of }) =>
        names.map(async (name) => {
          const { accessToken } = await (name === 'main' ? main : of(name)).getToken()
          return accessToken.startsWith(`${name}-access-`)
        }),
      )
      expect(await settle(Promise.all(wanted))).toEqual(wanted.map(() => true))
      expect(vendor.calls).toHaveLength(names.length)
    }
    expect(vendor.reuses()).toBe(0)
  })

  test('a target that waits for the lease of another refreshes with the new refresh token', async () => {
    const { clock, vendor, process, signIn, settle } = await setUp()
    const [one, two] = [process(), process()]
    await signIn(one.main)
    const release = vendor.hold()
    const mail = one.of('mail').getToken()
    await clock.advance(100)
    const files = two.of('files').getToken()
    await clock.advance(1_000)
    expect(vendor.calls).toEqual(['refresh refresh-of-first'])
    release()
    expect(await settle(Promise.all([mail, files]))).toMatchObject([
      { accessToken: 'mail-access-1' },
      { accessToken: 'files-access-2' },
    ])
    expect(vendor.calls).toEqual(['refresh refresh-of-first', 'refresh refresh-1'])
  })

  test('a refused token is renewed for its own target, also where others were refreshed since', async () => {
    const { vendor, asked, process, signIn, settle, tokenOf } = await setUp()
    const { main, of } = process()
    await signIn(main)
    const refused = await main.authorization()
    await tokenOf(of('mail'))
    const mail = await of('mail').authorization()
    await tokenOf(of('files'))
    asked.length = 0
    expect(await settle(main.renew(refused))).toMatchObject({ headers: { authorization: 'Bearer main-access-3' } })
    expect(await settle(of('mail').renew(mail))).toMatchObject({ headers: { authorization: 'Bearer mail-access-4' } })
    expect(await tokenOf(of('files'))).toBe('files-access-2')
    expect(asked).toEqual(['main', 'mail'])
    expect(vendor.reuses()).toBe(0)
  })

  test('a late report of a refused token costs nothing, and another process takes over what was renewed', async () => {
    const { asked, process, signIn, settle, tokenOf } = await setUp()
    const [one, two] = [process(), process()]
    await signIn(one.main)
    await tokenOf(one.of('mail'))
    await tokenOf(one.of('files'))
    const refused = await two.of('mail').authorization()
    const adopted: number[] = []
    two.main.on('adopted', ({ generation }) => adopted.push(generation))
    await settle(one.of('mail').renew(refused))
    await tokenOf(one.of('files'))
    const renewed = await settle(two.of('mail').renew(refused))
    expect(renewed).toMatchObject({ headers: { authorization: 'Bearer mail-access-3' } })
    expect(asked).toEqual(['mail', 'files', 'mail'])
    expect(adopted).toEqual([(renewed as { generation: number }).generation])
  })

  test('two new tokens that the API refuses end the renewals of that target, not of others', async () => {
    const { clock, process, signIn, settle, tokenOf, asked } = await setUp({ expiresIn: 3_600 })
    const { main, of } = process()
    await signIn(main)
    const refuse = async (credential: TargetCredential) => {
      const refused = await credential.authorization()
      await clock.advance(5_000)
      return settle(credential.renew(refused))
    }
    await tokenOf(of('mail'))
    await refuse(of('mail'))
    asked.length = 0
    expect(await refuse(of('mail'))).toBeUndefined()
    await tokenOf(of('files'))
    expect(await refuse(of('mail'))).toBeUndefined()
    expect(await refuse(main)).toMatchObject({ headers: { authorization: 'Bearer main-access-4' } })
    expect(asked).toEqual(['files', 'main'])
  })

  test('what a vendor refuses for one target does not hold back the others', async () => {
    const { vendor, process, signIn, tokenOf, clock } = await setUp()
    const { main, of } = process()
    await signIn(main)
    vendor.next(new GrantError({ kind: 'client_rejected', sent: true, status: 400, oauthError: 'invalid_target' }))
    expect(await tokenOf(of('mail'))).toBe('client_rejected')
    expect(await of('mail').status()).toMatchObject({ lastError: { reason: 'invalid_target' } })
    expect(await main.status()).not.toHaveProperty('lastError')
    await clock.advance(LIFETIME_S * 1_000)
    expect(await tokenOf(main)).toBe('main-access-1')
    expect(await tokenOf(process().main)).toBe('main-access-1')
  })

  test('an answer of which only the refresh token can be used leaves all access tokens as they are', async () => {
    const { vendor, process, signIn, tokenOf, recordOf } = await setUp()
    const { main, of } = process()
    await signIn(main)
    await tokenOf(of('files'))
    vendor.next({ tokenType: 'Bearer', refreshExpiresIn: 1, extra: { big: 1n } })
    expect(await tokenOf(of('mail'))).toBe('mail-access-3')
    const other = process()
    expect([await tokenOf(other.main), await tokenOf(other.of('files'))]).toEqual(['main-of-first', 'files-access-1'])
    expect((await recordOf()).tokens.refreshToken).toBe('refresh-3')
    expect(vendor.reuses()).toBe(0)
  })

  test('a target has what the sign-in said beside the tokens, and a status of its own', async () => {
    const { clock, process, signIn, tokenOf } = await setUp()
    const { main, of } = process()
    await signIn(main)
    expect(await of('mail').status()).toMatchObject({ state: 'renewable' })
    await clock.advance(40_000)
    await tokenOf(of('mail'))
    expect(await of('mail').details()).toEqual({ instance_url: 'https://first.acme.example' })
    await clock.advance(40_000)
    expect([(await of('mail').status()).state, (await main.status()).state]).toEqual(['ready', 'renewable'])
  })
})

describe('what ends the grant', () => {
  test('a dead refresh token is dead for all; access tokens are used until they end', async () => {
    const { clock, vendor, process, signIn, tokenOf } = await setUp()
    const [one, two] = [process(), process()]
    await signIn(one.main)
    await tokenOf(one.of('mail'))
    vendor.revokeGrants()
    expect(await tokenOf(one.of('files'))).toBe('reauthorization_required')
    vendor.calls.length = 0
    expect(await tokenOf(two.of('people'))).toBe('reauthorization_required')
    expect([await tokenOf(one.main), await tokenOf(two.of('mail'))]).toEqual(['main-of-first', 'mail-access-1'])
    await clock.advance(LIFETIME_S * 1_000)
    for (const each of [one.main, one.of('mail'), two.of('mail')]) {
      expect(await tokenOf(each)).toBe('reauthorization_required')
    }
    expect(vendor.calls).toEqual([])
  })

  test.each(['main', 'mail'])('a sign-out through %s ends all, in this process at once', async (through) => {
    const { clock, process, signIn, tokenOf, recordOf } = await setUp()
    const [one, two] = [process(), process()]
    await signIn(one.main)
    for (const { of } of [one, two]) await tokenOf(of('mail'))
    await (through === 'main' ? one.main : one.of('mail')).signOut()
    expect(await recordOf()).not.toHaveProperty('others')
    for (const each of [one.main, one.of('mail'), one.of('files')]) expect(await tokenOf(each)).toBe('not_signed_in')
    await clock.advance(30_000)
    await tokenOf(two.of('mail'))
    expect(await tokenOf(two.of('mail'))).toBe('not_signed_in')
  })

  test('a refresh that a sign-out overtakes stores nothing', async () => {
    const { clock, vendor, process, signIn, settle, recordOf } = await setUp()
    const { main, of } = process()
    await signIn(main)
    const release = vendor.hold()
    const asked = of('mail').getToken()
    const ended = asked.catch(({ code }: { code: string }) => code)
    await clock.advance(100)
    await main.signOut()
    release()
    expect(await settle(ended)).toBe('not_signed_in')
    expect(await recordOf()).toMatchObject({ signedOut: true })
  })

  test.each(['a new sign-in', 'an import'])('%s drops the access tokens of all targets', async (how) => {
    const { vendor, process, signIn, tokenOf } = await setUp()
    const [one, two] = [process(), process()]
    await signIn(one.main)
    await tokenOf(one.of('mail'))
    if (how === 'a new sign-in') await signIn(two.main, 'second')
    else {
      vendor.adopt('refresh-of-second')
      await two.main.importTokens({ refreshToken: 'refresh-of-second' })
    }
    expect(await tokenOf(two.of('mail'))).toBe('mail-access-2')
    expect(await tokenOf(process().of('files'))).toBe('files-access-3')
    expect(vendor.calls.slice(1)).toEqual(['refresh refresh-of-second', 'refresh refresh-2'])
  })

  test('in the process of a new sign-in no target uses an older token', async () => {
    const { process, signIn, tokenOf } = await setUp()
    const { main, of } = process()
    await signIn(main)
    const mail = of('mail')
    await tokenOf(mail)
    await signIn(main, 'second')
    expect(await tokenOf(mail)).toBe('mail-access-2')
  })
})

describe('the store', () => {
  test('a process that starts later finds the tokens of all targets', async () => {
    const { vendor, process, signIn, tokenOf } = await setUp()
    const { main, of } = process()
    await signIn(main)
    for (const name of ['mail', 'files']) await tokenOf(of(name))
    vendor.calls.length = 0
    const next = process()
    expect(await tokenOf(next.of('files'))).toBe('files-access-2')
    expect(await tokenOf(next.of('mail'))).toBe('mail-access-1')
    expect(await tokenOf(next.main)).toBe('main-of-first')
    expect(vendor.calls).toEqual([])
  })

  test.each(['refreshes', 'signs in'])(
    'a process that knows no targets %s: their tokens are obtained once more',
    async (does) => {
      const { vendor, process, signIn, tokenOf, recordOf, write } = await setUp()
      const { main, of } = process()
      await signIn(main)
      await tokenOf(of('mail'))
      const record = await recordOf()
      vendor.adopt('refresh-of-old')
      const { set: _, ...tokens } = record.tokens
      await write({
        ...record,
        generation: record.generation + 1,
        setId: 'old:1',
        ...(does === 'refreshes' && { parent: { setId: record.setId, attempt: 1 } }),
        tokens: { ...tokens, accessToken: 'main-of-old', refreshToken: 'refresh-of-old' },
        writtenBy: 'old:1',
      })
      const next = process()
      expect(await tokenOf(next.main)).toBe('main-of-old')
      expect(await tokenOf(next.of('mail'))).toBe('mail-access-2')
      expect(vendor.calls).toEqual(['refresh refresh-of-first', 'refresh refresh-of-old'])
      expect(await tokenOf(process().main)).toBe('main-of-old')
    },
  )

  test.each<[string, unknown]>([
    ['no object', 'mail'],
    ['of another set', { setId: 'x', of: { mail: {} } }],
    ['no map', { of: [] }],
    ['half an entry', { of: { mail: { tokens: { accessToken: 'stolen' } } } }],
    [
      'an entry of no target',
      { of: { '': { setId: 's', generation: 1, tokens: { accessToken: 'stolen', tokenType: 'b', issuedAt: 1 } } } },
    ],
    [
      'an entry with other types',
      { of: { mail: { setId: 's', generation: 1, tokens: { accessToken: 1 }, failure: 'x' } } },
    ],
  ])('others that are %s cost a refresh, and no more', async (_, others) => {
    const { process, signIn, tokenOf, recordOf, write } = await setUp()
    await signIn(process().main)
    const record = await recordOf()
    const given = typeof others === 'object' ? { setId: record.setId, ...others } : others
    await write({ ...record, tokens: { ...record.tokens, set: 'x' }, others: given })
    const next = process()
    expect(await tokenOf(next.of('mail'))).toBe('mail-access-1')
    expect(await tokenOf(next.main)).toBe('main-of-first')
  })

  test('members that a newer version has written survive a refresh for a target', async () => {
    const { process, signIn, tokenOf, recordOf, write } = await setUp()
    await signIn(process().main)
    await write({ ...(await recordOf()), newer: { kept: true } })
    await tokenOf(process().of('mail'))
    expect(await recordOf()).toMatchObject({ newer: { kept: true }, others: { of: { mail: { tokens: {} } } } })
  })

  test('a store that goes back to before a refresh for another target gets the newer record again', async () => {
    const { clock, vendor, inner, process, signIn, tokenOf, write } = await setUp()
    const { main, of } = process()
    await signIn(main)
    await tokenOf(of('mail'))
    const old = JSON.parse((await inner.get(KEY)).value ?? '{}')
    await tokenOf(of('files'))
    await tokenOf(of('people'))
    await write(old)
    await clock.advance(LIFETIME_S * 1_000)
    expect(await tokenOf(of('mail'))).toBe('mail-access-4')
    expect(vendor.reuses()).toBe(0)
  })

  test('access tokens of up to 32 targets are kept, the newest ones; of more, the oldest is obtained once more', async () => {
    const { clock, vendor, process, signIn, tokenOf, recordOf } = await setUp({ expiresIn: 36_000 })
    const { main, of } = process()
    await signIn(main)
    const names = Array.from({ length: 40 }, (_, index) => `api-${index}`)
    for (const name of names) expect(await tokenOf(of(name))).toMatch(`${name}-access-`)
    await clock.advance(1_000)
    expect(Object.keys((await recordOf()).others.of).sort()).toEqual(names.slice(8).sort())
    const next = process()
    vendor.calls.length = 0
    await tokenOf(next.of('api-39'))
    expect(vendor.calls).toHaveLength(0)
    await tokenOf(next.of('api-0'))
    expect(vendor.calls).toHaveLength(1)
    expect(vendor.reuses()).toBe(0)
  })
})

describe('a grant that acquires by itself', () => {
  test('acquires once, for whichever target comes first, and refreshes for the others', async () => {
    const { vendor, asked, process, tokenOf } = await setUp({ canAcquire: true })
    const { main, of } = process()
    expect(await tokenOf(of('mail'))).toBe('mail-access-1')
    expect(await tokenOf(main)).toBe('main-access-2')
    expect(await tokenOf(of('mail'))).toBe('mail-access-1')
    expect(vendor.calls).toEqual(['acquire', 'refresh refresh-1'])
    expect(asked).toEqual(['mail', 'main'])
  })

  test('without a refresh token each target acquires, and keeps what the others have', async () => {
    const { vendor, process, tokenOf } = await setUp({ canAcquire: true, canRefresh: false })
    const { main, of } = process()
    const all = async () => [await tokenOf(of('mail')), await tokenOf(main), await tokenOf(of('files'))]
    expect(await all()).toEqual(['mail-access-1', 'main-access-2', 'files-access-3'])
    vendor.calls.length = 0
    const next = process()
    expect([await tokenOf(next.of('mail')), await tokenOf(next.main)]).toEqual(['mail-access-1', 'main-access-2'])
    expect(vendor.calls).toEqual([])
  })
})

describe('a credential for a target', () => {
  test('is sent to the origins of the grant, or to those that are named for it', async () => {
    const { process } = await setUp()
    const { of } = process()
    expect(of('mail').covers('https://api.acme.example')).toBe(true)
    const named = of('mail', ['https://mail.acme.example'])
    expect([named.covers('https://mail.acme.example'), named.covers('https://api.acme.example')]).toEqual([true, false])
    expect(() => of('mail', ['http://mail.acme.example'])).toThrow(/\[acme\] "origins" must be https/)
    expect(() => of('mail', [])).toThrow(/"origins" must name an origin/)
  })

  test('shares the listeners of its grant, and close() waits for it', async () => {
    const { clock, vendor, process, signIn, recordOf } = await setUp()
    const { main, of } = process()
    await signIn(main)
    const events: string[] = []
    main.on('*', (...[name]) => void events.push(name))
    const release = vendor.hold()
    void of('mail').getToken()
    await clock.advance(100)
    let isClosed = false
    const closed = main.close().then(() => {
      isClosed = true
    })
    await clock.advance(1_000)
    expect(isClosed).toBe(false)
    release()
    await clock.advance(1_000)
    await closed
    expect((await recordOf()).tokens.refreshToken).toBe('refresh-1')
    expect(events).toEqual(['refreshed'])
  })
})
