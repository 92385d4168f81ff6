import { expect, test } from 'vitest'
import { hasParameter, withoutQuery, withQuery } from '../../src/kit.ts'

const key = { api_key: "k'1 +&" }

test.each([
  ['/v1', '/v1?api_key=k%271%20%2B%26'],
  ['/v1?a=b%20c&d', '/v1?a=b%20c&d&api_key=k%271%20%2B%26'],
  ['/v1?a=b#part?x', '/v1?a=b&api_key=k%271%20%2B%26#part?x'],
  ['/v1#part', '/v1?api_key=k%271%20%2B%26#part'],
])('a parameter goes before the fragment of %s, and comes out again', (url, withKey) => {
  expect(withQuery(url, key)).toBe(withKey)
  expect(withoutQuery(withKey, key)).toBe(url)
  expect(new URL(withKey, 'https://api.acme.example').searchParams.get('api_key')).toBe(key.api_key)
})

test('one that is there already is left as it is, whatever its value and spelling', () => {
  expect(withQuery('/v1?api%5Fkey=own', key)).toBe('/v1?api%5Fkey=own')
  expect(withoutQuery('/v1?api_key=own', key)).toBe('/v1?api_key=own')
  expect(hasParameter('/v1?api%5Fkey=own', ['api_key'])).toBe(true)
  expect(hasParameter('/v1#?api_key=own', ['api_key'])).toBe(false)
})
