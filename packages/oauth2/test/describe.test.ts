import { expect, describe as group, test } from 'vitest'
import { describe } from '../src/wire/refusal.ts'

group("the vendor's words in an error", () => {
  test('keep letters of every alphabet', () => {
    expect(describe('Неверный логин или пароль – ungültig', [])).toBe('Неверный логин или пароль – ungültig')
  })

  test('are on one line, without control characters and invisible ones', () => {
    expect(describe('one\r\ntwo\u0000\u001b[31mthree\u202efour\u2028five\t six ', [])).toBe(
      'one two [31mthree four five six',
    )
  })

  test('end after 256 characters, none of them cut in half', () => {
    expect(describe('x'.repeat(1_000), [])).toBe('x'.repeat(256))
    expect(describe('x y '.repeat(1_000_000), ['z'])).toBe('x y '.repeat(64))
    expect(describe('\u{1f6a4}'.repeat(300), [])).toBe('\u{1f6a4}'.repeat(256))
  })

  test.each([undefined, null, '', ' \n', 7, {}, ['text']])('%j is none', (words) => {
    expect(describe(words, [])).toBeUndefined()
  })

  test('hold no secret of the request, however the vendor writes it back', () => {
    const secret = 'pa s"wörd'
    const echoed = `${secret} pa+s%22w%C3%B6rd pa%20s%22w%C3%B6rd pa s\\"wörd`
    expect(describe(`no: ${echoed}`, [secret, ''])).toBe('no: *** *** *** ***')
  })

  test('hold no rest of a secret that begins with another secret', () => {
    expect(describe('token abc-def is unknown', ['abc', 'abc-def'])).toBe('token *** is unknown')
  })

  test('do not end in the beginning of a secret, however long they are', () => {
    const token = 'canary-'.repeat(1_000)
    expect(describe(`${token} `.repeat(100), [token])).not.toContain('canary')
  })

  test('S18: are searched in time, whatever they and the secrets hold', () => {
    const secrets = [`${'!'.repeat(300)}y`, `${'%'.repeat(8_000)}y`, `${'!'.repeat(8_000)}y`]
    expect(describe('!'.repeat(1_000_000), secrets)).toBeUndefined()
    expect(describe(`${'!'.repeat(16_000)} x`, secrets)).toBe('*** x')
    expect(describe(`${'%25'.repeat(5_000)} x`, secrets)).toBe('*** x')
  })

  test('survive a secret that is no well-formed text', () => {
    expect(describe('nothing of it', ['\ud800'])).toBe('nothing of it')
  })
})
