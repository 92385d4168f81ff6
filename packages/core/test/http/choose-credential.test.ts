import { expect, test, vi } from 'vitest'
import { createChooser as createChooserOf } from '../../src/http/choose.ts'
import type { CredentialSource } from '../../src/index.ts'
import { originOf } from '../../src/kit.ts'
import { rotating } from '../support/exchange.ts'

const createChooser = (source: CredentialSource) => {
  const choose = createChooserOf(source)
  return (url: string) => choose({ url })
}
const everywhere = rotating({ covers: () => true }).credential
const acme = rotating().credential

test('of several credentials the first that covers the origin is chosen', () => {
  const nowhere = rotating({ covers: () => false }).credential
  const choose = createChooser([nowhere, acme, everywhere])
  expect(choose('https://api.acme.example/v1')).toBe(acme)
  expect(choose('https://other.example/v1')).toBe(everywhere)
  expect(choose('https://api.acme.example/v1')).toBe(acme)
})

test('a function is asked with the URL, each time, and its choice counts only where it covers the origin', () => {
  const asked: string[] = []
  const choose = createChooser((url) => {
    asked.push(url)
    return url.includes('signed-out') ? undefined : acme
  })
  const urls = ['https://api.acme.example/a', 'https://api.acme.example/signed-out', 'https://evil.example/a']
  expect(urls.map((url) => choose(url))).toEqual([acme, undefined, undefined])
  expect(asked).toEqual(urls)
})

test('S1: whatever was asked before, a URL is judged by the origin that the parser finds in it', () => {
  const pieces = [
    'https://',
    'http://',
    'a',
    'b-c',
    '1',
    '01',
    '.',
    '..',
    ':',
    ':443',
    ':80',
    ':8080',
    '/',
    '/',
    'a.b',
    'a.b/',
  ]
  const odd = ['\\', '@', '?', '#', 'xn--', '%2e', '\t', '\n', '[::1]', 'é', ' ', 'u:p@', '-']
  const texts = [...randomTexts([...pieces, ...pieces, ...odd], 40_000)]
  const isWrongAfter = (before: string, text: string) => {
    const origin = parsedOrigin(before)
    const choose = createChooser({ ...everywhere, covers: (it) => it === origin })
    choose(before)
    return (choose(text) !== undefined) !== (origin !== undefined && parsedOrigin(text) === origin)
  }
  expect(texts.filter((text) => isWrongAfter('https://a.b/', text) || isWrongAfter(text, text))).toEqual([])
  expect(texts.filter((text) => parsedOrigin(text) !== undefined).length).toBeGreaterThan(5_000)
})

test('every further URL of an origin costs no URL object', () => {
  let parsed = 0
  const construct = (target: typeof URL, args: [string]) => {
    parsed += 1
    return new target(...args)
  }
  vi.stubGlobal('URL', new Proxy(URL, { construct }))
  const choose = createChooser(acme)
  for (const path of ['/v1', '/v2?x=https://evil.example/', '/']) choose(`https://api.acme.example${path}`)
  expect(parsed).toBe(1)
  choose('https://api.acme.example@evil.example/')
  expect(parsed).toBe(2)
  expect(originOf('https://api.acme.example/v1')).toBe('https://api.acme.example')
})

function parsedOrigin(text: string): string | undefined {
  try {
    const { protocol, username, password, origin } = new URL(text)
    return /^https?:$/.test(protocol) && username + password === '' ? origin : undefined
  } catch {
    return undefined
  }
}

/** Always the same texts (mulberry32): a failure can be repeated. */
function* randomTexts(pieces: readonly string[], count: number): Generator<string> {
  let seed = 7
  const next = (below: number) => {
    seed = (seed + 0x6d2b79f5) | 0
    let bits = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) % below
  }
  for (let i = 0; i < count; i++) {
    const middle = Array.from({ length: next(8) }, () => pieces[next(pieces.length)])
    yield [pieces[next(3)], ...middle].join('')
  }
}
