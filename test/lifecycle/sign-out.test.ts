import {
  type AnyCredentialEvent,
  createTokenCredential,
  memoryStore,
  type TokenGrant,
  type TokenSet,
} from '@valetkey/core'
import { storeSignIn } from '@valetkey/core/kit'
import { virtualClock } from '@valetkey/testing'
import { expect, test } from 'vitest'

const SIGN_IN: TokenSet = {
  accessToken: 'access-1',
  tokenType: 'DPoP',
  refreshToken: 'refresh-1',
  expiresIn: 3600,
  scopes: ['read'],
  extra: { site: 'harbour' },
}
const REVOKED = {
  accessToken: 'access-1',
  tokenType: 'DPoP',
  refreshToken: 'refresh-1',
  scopes: ['read'],
  extra: { site: 'harbour' },
}

/** A person's credential whose vendor revokes tokens so. */
function setUp(revoke?: TokenGrant['revoke'], refresh: TokenGrant['refresh'] = async () => SIGN_IN) {
  const clock = virtualClock()
  const grant: TokenGrant = { refresh, ...(revoke && { revoke }) }
  const definition = { vendor: 'acme', origins: ['https://api.acme.example'], identity: ['out'], grant }
  const credential = createTokenCredential(definition, { clock, store: memoryStore({ clock }), account: 'ann' })
  const events: AnyCredentialEvent[] = []
  credential.on('*', (...event) => events.push(event))
  return { clock, credential, events, signIn: () => storeSignIn(credential, SIGN_IN) }
}

test('a sign-out gives the vendor the tokens, and says that they are revoked', async () => {
  const calls: unknown[] = []
  const { clock, credential, events, signIn } = setUp(async (tokens, { account, now, signal }) => {
    calls.push([tokens, account, now(), signal.aborted])
  })
  await signIn()
  expect(await credential.signOut()).toEqual({ revoked: true })
  expect(calls).toEqual([[REVOKED, 'ann', clock.now(), false]])
  const context = { vendor: 'acme', account: 'ann', at: clock.now() }
  const [[, { generation }]] = events as [AnyCredentialEvent]
  expect(events).toEqual([
    ['signed_in', { ...context, generation, renewable: true }],
    ['signed_out', { ...context, generation: generation + 1 }],
  ])
})

test('a sign-out of which the vendor hears nothing, or which it refuses, says so', async () => {
  const [silent, refusing] = [setUp(), setUp(() => Promise.reject(new Error('down')))]
  for (const { credential, signIn } of [silent, refusing]) {
    await signIn()
    expect(await credential.signOut()).toEqual({ revoked: false })
    await expect(credential.getToken()).rejects.toMatchObject({ code: 'not_signed_in' })
  }
})

test('a vendor that does not answer is waited for a minute', async () => {
  const signals: AbortSignal[] = []
  const { clock, credential, signIn } = setUp((_tokens, { signal }) => {
    signals.push(signal)
    return new Promise(() => {})
  })
  await signIn()
  const leaving = credential.signOut()
  await clock.advance(59_999)
  expect(signals.map(({ aborted }) => aborted)).toEqual([false])
  await clock.advance(1)
  expect(await leaving).toEqual({ revoked: false })
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
})

test('a sign-out gives the vendor no more than there is', async () => {
  const calls: unknown[] = []
  const { credential } = setUp(async (tokens) => void calls.push(tokens))
  await storeSignIn(credential, { accessToken: 'access-1' })
  await credential.signOut()
  expect(calls).toStrictEqual([
    { accessToken: 'access-1', tokenType: 'Bearer', refreshToken: undefined, scopes: undefined, extra: undefined },
  ])
})

test('a sign-out of nobody revokes nothing', async () => {
  const calls: unknown[] = []
  const { credential, events } = setUp(async (tokens) => void calls.push(tokens))
  expect(await credential.signOut()).toEqual({ revoked: false })
  expect([calls, events.map(([name]) => name)]).toEqual([[], ['signed_out']])
})

test('a sign-out while the vendor refreshes revokes what comes of it, too', async () => {
  const revoked: unknown[] = []
  let answer = (_tokens: TokenSet): void => {}
  const refresh = () => new Promise<TokenSet>((resolve) => (answer = resolve))
  const { clock, credential, signIn } = setUp(async ({ refreshToken }) => void revoked.push(refreshToken), refresh)
  await signIn()
  await clock.advance(3_600_000)
  const refreshing = credential.getToken().catch(({ code }: { code: string }) => code)
  await clock.advance(0)
  await credential.signOut()
  answer({ ...SIGN_IN, refreshToken: 'refresh-2' })
  await clock.advance(1_000)
  expect([await refreshing, revoked]).toEqual(['not_signed_in', ['refresh-1', 'refresh-2']])
})
