import { expect, test } from 'vitest'
import { createTokenFamilies, type VendorRule } from '../src/vendor/token-families.ts'

const MINUTE = 60_000

function signedIn(rule: VendorRule) {
  const families = createTokenFamilies()
  const first = families.begin('account', rule)
  const present = (refreshToken: string, at = 0) => {
    const verdict = families.present(refreshToken, at)
    return { type: verdict.type, next: 'pair' in verdict ? verdict.pair.refreshToken : '' }
  }
  return { families, first, present }
}

test('a strict vendor takes a refresh token once; a second time ends everything that came from the sign-in', () => {
  const { families, first, present } = signedIn('strict')
  families.activate(first, 1000)
  const { type, next } = present(first.refreshToken)
  expect([type, families.accepts(first.accessToken, 0)]).toEqual(['rotated', true])
  expect(present(first.refreshToken).type).toBe('reused')
  expect([present(next).type, families.accepts(first.accessToken, 0)]).toEqual(['refused', false])
})

test('a vendor with a grace window gives another pair as long as none of the earlier ones was used', () => {
  const { first, present } = signedIn('grace')
  present(first.refreshToken)
  const { type, next } = present(first.refreshToken)
  expect([type, present(next).type]).toEqual(['repeated', 'rotated'])
  expect(present(first.refreshToken).type).toBe('reused')
})

test('a grace window ends after ten minutes', () => {
  const { first, present } = signedIn('grace')
  present(first.refreshToken)
  expect(present(first.refreshToken, 11 * MINUTE).type).toBe('reused')
})

test('an access token is accepted for one lifetime, and one that was never given out is not', () => {
  const { families, first } = signedIn('strict')
  families.activate(first, 1000)
  expect([999, 1000].map((at) => families.accepts(first.accessToken, at))).toEqual([true, false])
  expect(families.accepts('access-0-guessed', 0)).toBe(false)
})
