import { expect, test } from 'vitest'
import { redactSecrets } from '../src/wire/refusal.ts'

const SECRET = `p@ss!wör/d+"(x) \\*'~&=😀`

const asUnicodeEscapes = (text: string) =>
  text.replace(/\W/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

test.each<[string, string]>([
  ['as it is', SECRET],
  ['percent-encoded', encodeURIComponent(SECRET)],
  ['percent-encoded in lower case', encodeURIComponent(SECRET).replace(/%../g, (it) => it.toLowerCase())],
  [
    'percent-encoded as RFC 3986 has it',
    encodeURIComponent(SECRET).replace(/[!'()*]/g, (it) => `%${Buffer.from(it).toString('hex')}`),
  ],
  ['percent-encoded in part, as a URL is', encodeURI(SECRET)],
  ['percent-encoded twice', encodeURIComponent(encodeURIComponent(SECRET))],
  ['form-encoded', new URLSearchParams({ '': SECRET }).toString().slice(1)],
  ['as JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['as JSON with escaped slashes', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/')],
  ['as JSON in ASCII', asUnicodeEscapes(SECRET)],
  [
    'as JSON in ASCII, in upper case',
    asUnicodeEscapes(SECRET).replace(/\\u..../g, (it) => `\\u${it.slice(2).toUpperCase()}`),
  ],
  ['in Base64', Buffer.from(SECRET).toString('base64').replace(/=+$/, '')],
])('a secret is masked %s', (_, written) => {
  expect(redactSecrets(`<${written}> and <${written}>`, ['', SECRET])).toBe('<***> and <***>')
})

test('the Basic credentials of a client are masked, also where a form has them', () => {
  const basic = Buffer.from('boat-app:s3cret?>').toString('base64')
  expect(redactSecrets(`${basic} ${encodeURIComponent(basic)}`, [basic])).toBe('*** ***')
})

test.each(['secret7', 'secret-8', 'secret--9'])('a secret of any length is masked in Base64: %s', (secret) => {
  const padded = Buffer.from(secret).toString('base64')
  expect(redactSecrets(`<${padded}> <${padded.replace(/=+$/, '')}>`, [secret])).toMatch(/^<\*\*\*=*> <\*\*\*>$/)
})

test('what follows a secret of 512 characters stays', () => {
  expect(redactSecrets(`${'x'.repeat(512)}-rest`, ['x'.repeat(512)])).toBe('***-rest')
})

test('what resembles a secret stays', () => {
  expect(redactSecrets('a%2Fc a/c A/D a+b a\\/x', ['a/b'])).toBe('a%2Fc a/c A/D a+b a\\/x')
})

test('a long token is masked to its end', () => {
  const token = `a+${'b/'.repeat(8_000)}c`
  for (const written of [token, encodeURIComponent(token)])
    expect(redactSecrets(`unknown token ${written} of yours`, [token])).toBe('unknown token *** of yours')
})
