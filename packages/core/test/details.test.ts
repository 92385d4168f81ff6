import { describe, expect, test } from 'vitest'
import { detailsOf } from '../src/tokens/details.ts'
import { mergeExtra } from '../src/tokens/record.ts'

const TOKENS = { accessToken: 'access-token-7', refreshToken: 'refresh-token-7', tokenType: 'Bearer', issuedAt: 0 }

describe('what a refresh leaves beside the tokens', () => {
  test('is what came first, with what the answer says anew', () => {
    const before = { account: 'a', host: 'old', nothing: 1 }
    expect({ ...mergeExtra(before, { host: 'new', nothing: null, later: [1] }) }).toEqual({
      account: 'a',
      host: 'new',
      nothing: null,
      later: [1],
    })
    expect({ ...mergeExtra(before, undefined) }).toEqual(before)
    expect({ ...mergeExtra(before, { host: undefined }) }).toEqual(before)
    expect(mergeExtra(undefined, before)).toBe(before)
    expect(mergeExtra(undefined, undefined)).toBeUndefined()
  })

  test.each([
    ['a name', (i: number) => ({ [`n${i}`]: i })],
    ['a long text under a name', (i: number) => ({ [`n${i}`]: 'x'.repeat(16_000) })],
    ['many names', (i: number) => Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`n${i}-${n}`, n]))],
  ])('does not grow without end with a vendor that makes up %s for each answer', (_, answer) => {
    let extra = mergeExtra(undefined, { account: 'a' })
    for (let i = 0; i < 500; i += 1) {
      extra = mergeExtra(extra, answer(i))
      expect(extra).toMatchObject({ account: 'a', ...answer(i) })
    }
    expect(Object.keys(extra ?? {}).length).toBeLessThanOrEqual(64)
    expect(JSON.stringify(extra).length).toBeLessThanOrEqual(64 * 1024)
  })

  test('is the whole answer, however large that is alone', () => {
    const answer = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`n${i}`, 'x'.repeat(1024)]))
    expect({ ...mergeExtra({ account: 'a' }, answer) }).toEqual(answer)
  })

  test.each([['a text'], [['a', 'list']], [null], [7]])('is no merger where a record or a grant holds %j', (odd) => {
    const members = odd as unknown as Record<string, unknown>
    expect(mergeExtra(members, { host: 'new' })).toEqual({ host: 'new' })
    expect(mergeExtra({ host: 'old' }, members)).toBe(odd)
  })

  test('has no prototype, whatever a member is called', () => {
    const merged = mergeExtra(JSON.parse('{"__proto__":{"admin":true}}'), { host: 'new' })
    expect([Object.keys(merged ?? {}), merged?.admin, merged?.toString]).toEqual([
      ['__proto__', 'host'],
      undefined,
      undefined,
    ])
  })
})

describe('what a program reads of it', () => {
  test('is a copy that nobody can change', () => {
    const extra = { team: { ids: [1, { name: 'a' }] } }
    const details = detailsOf({ ...TOKENS, extra })
    const { team } = details as unknown as typeof extra
    for (const frozen of [details, team, team.ids, team.ids[1]]) expect(Object.isFrozen(frozen)).toBe(true)
    extra.team.ids.push(2)
    expect(JSON.stringify(details)).toBe('{"team":{"ids":[1,{"name":"a"}]}}')
  })

  test('holds no token, wherever the vendor repeats it or gives another', () => {
    const extra = {
      access_token: 'other',
      refreshToken: 'other',
      repeated: TOKENS.accessToken,
      deep: [{ header: `Bearer ${TOKENS.accessToken}` }],
      cookie: `rt=${TOKENS.refreshToken};`,
      authed_user: { id: 'U1', access_token: 'other', nested: { id_token: 'other', team: 'T1' } },
      token_type: 'bearer',
    }
    expect(JSON.parse(JSON.stringify(detailsOf({ ...TOKENS, extra })))).toEqual({
      authed_user: { id: 'U1', nested: { team: 'T1' } },
      token_type: 'bearer',
    })
  })

  test('of a vendor with short tokens is left out only where it is the token', () => {
    const tokens = { ...TOKENS, accessToken: 's1', refreshToken: undefined }
    expect({ ...detailsOf({ ...tokens, extra: { host: 's1.example', same: 's1' } }) }).toEqual({ host: 's1.example' })
  })

  test('of eight characters is left out wherever it stands, and so is what is no JSON', () => {
    const detailsWith = (accessToken: string) =>
      Object.keys(detailsOf({ ...TOKENS, accessToken, extra: { url: `/x/${accessToken}/y`, nothing: undefined } }))
    expect([detailsWith('12345678'), detailsWith('1234567')]).toEqual([[], ['url']])
  })

  test.each([undefined, null, 'text', ['list'], {}])('is empty where %j is stored', (extra) => {
    expect(Object.keys(detailsOf({ ...TOKENS, extra: extra as undefined }))).toEqual([])
  })

  test('reads past a polluted prototype', () => {
    const details = detailsOf({ ...TOKENS, extra: { host: 'a', team: {} } })
    expect([details.toString, (details.team as { toString?: unknown }).toString]).toEqual([undefined, undefined])
  })
})
