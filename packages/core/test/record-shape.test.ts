import { expect, test } from 'vitest'
import { emptyRecord, parseRecord, serializeRecord } from '../src/tokens/record.ts'

const PARTS = {
  tokens: {
    accessToken: 'access',
    tokenType: 'Bearer',
    issuedAt: 1,
    expiresAt: 2,
    refreshToken: 'refresh',
    refreshExpiresAt: 3,
  },
  proofKey: { kty: 'EC', d: 'private', anything: [1, null] },
  parent: { setId: 'set', attempt: 1 },
  claim: { owner: 'process', attempt: 1, base: 'set', until: 4 },
  dead: { reason: 'invalid_grant', at: 5 },
  failure: { count: 1, retryAt: 6, reason: 'status 503' },
  rejection: { count: 1, until: 7 },
  strikes: { count: 1, setId: 'set', probeAt: 8 },
}
const RECORD = { v: 1, key: 'k', generation: 3, setId: 'set', writtenBy: 'process', ...PARTS }
const NOTES = ['failure', 'rejection', 'strikes'] as const
const OPTIONAL = ['expiresAt', 'refreshToken', 'refreshExpiresAt']

const parse = (record: unknown) => parseRecord('k', JSON.stringify(record))
const without = (record: object, name: string) =>
  Object.fromEntries(Object.entries(record).filter(([other]) => other !== name))
const membersOf = (part: keyof typeof PARTS) => Object.keys(PARTS[part]).map((name) => [part, name] as const)
const otherTypes = (value: unknown) => [null, true, [], {}, typeof value === 'number' ? '1' : 1]

test('a whole record is read as it was written, and so is one without any part', () => {
  expect(parse(RECORD)).toEqual(RECORD)
  expect(parseRecord('k', serializeRecord(emptyRecord('k')))).toEqual({
    v: 1,
    key: 'k',
    generation: 0,
    setId: '',
    writtenBy: '',
  })
})

test.each(['', 'text', '1', 'null', '[]', '{}', '"{}"'])('%j is no record', (text) => {
  expect(parseRecord('k', text)).toBeUndefined()
})

test.each(['v', 'key', 'generation', 'setId', 'writtenBy'] as const)('a record needs its "%s"', (name) => {
  expect(parse(without(RECORD, name))).toBeUndefined()
  for (const other of otherTypes(RECORD[name])) expect(parse({ ...RECORD, [name]: other })).toBeUndefined()
})

test('a record of another version, or of another key, is none', () => {
  expect(parse({ ...RECORD, v: 2 })).toBeUndefined()
  expect(parse({ ...RECORD, key: 'other' })).toBeUndefined()
})

test.each(['tokens', 'proofKey', 'parent', 'claim', 'dead'] as const)(
  'a record whose "%s" is no object is none',
  (part) => {
    for (const other of ['text', 1, true, [], [PARTS[part]]])
      expect(parse({ ...RECORD, [part]: other })).toBeUndefined()
  },
)

test.each((['tokens', 'parent', 'claim', 'dead'] as const).flatMap(membersOf))(
  'a record is none when "%s.%s" is missing or of another type',
  (part, name) => {
    const value: unknown = Reflect.get(PARTS[part], name)
    for (const other of otherTypes(value)) {
      const read = parse({ ...RECORD, [part]: { ...PARTS[part], [name]: other } })
      expect(read !== undefined).toBe(other === null && OPTIONAL.includes(name))
    }
    const lacking = parse({ ...RECORD, [part]: without(PARTS[part], name) })
    expect(lacking !== undefined).toBe(OPTIONAL.includes(name))
  },
)

test.each(NOTES.flatMap(membersOf))('without "%s.%s" the note is not there, and the tokens are', (part, name) => {
  const value: unknown = Reflect.get(PARTS[part], name)
  const spoiled = [without(PARTS[part], name), ...otherTypes(value).map((other) => ({ ...PARTS[part], [name]: other }))]
  for (const note of [...spoiled, null, 'text', []])
    expect(parse({ ...RECORD, [part]: note })).toEqual(without(RECORD, part))
})

test.each(['tokens', 'proofKey', 'parent', 'claim', 'dead'] as const)('null is an absent "%s"', (part) => {
  expect(parse({ ...RECORD, [part]: null })).toEqual(without(RECORD, part))
})

test('what a vendor adds to tokens is read as it was written', () => {
  const tokens = { ...PARTS.tokens, extra: { nothing: null, list: [1, null, { a: '' }] } }
  expect(parse({ ...RECORD, tokens })?.tokens).toEqual(tokens)
})

test('times that no date has are brought within those that dates have', () => {
  const far = {
    ...RECORD,
    tokens: { ...PARTS.tokens, issuedAt: -1, expiresAt: 1e300, refreshExpiresAt: 1e300 },
    dead: { reason: 'x', at: 1e300 },
  }
  const parsed = parse(far)
  const last = Date.UTC(9999, 0)
  expect(parsed?.tokens).toMatchObject({ issuedAt: 0, expiresAt: last, refreshExpiresAt: last })
  expect(parsed?.dead).toEqual({ reason: 'x', at: last })
})
