import type { TokenStore } from '@valetkey/core'
import { assert, assertText } from './assert.ts'
import { type Connections, readPresent, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/texts'
const LONG_KEY = 600

/** Each differs from another in a way that a file system, an index or a query may overlook. */
const KEYS: readonly string[] = [
  'vk1',
  'VK1',
  ' vk1',
  'vk1 ',
  'vk1\n',
  'vk1\r\n',
  'vk1\t',
  'vk1\u0000',
  'vk1\u0000vk1',
  'vk%',
  'vk_',
  'vk*',
  'vk?',
  'vk[1]',
  'vk%31',
  '.',
  '..',
  '../vk1',
  '../../vk1',
  '/vk1',
  'C:\\vk1',
  '{}',
  '{vk1}',
  '{vk1}:a',
  "'; drop table tokens; --",
  '"vk1"',
  '`vk1`',
  '$1',
  '\\',
  '🔑',
  '\u{1d306}',
  'é',
  'e\u0301',
  'ß',
  'ss',
  '__proto__',
  'constructor',
  'x'.repeat(LONG_KEY),
  `${'x'.repeat(LONG_KEY - 1)}y`,
  JSON.stringify(['vk1', 'vendor', 'https://login.example.com/token', 'robin@example.com']),
]

const CONTROL_CHARACTERS = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)).slice(1)

/** Any well-formed text but U+0000, which JSON escapes and SQL databases refuse. */
const VALUES: Readonly<Record<string, string>> = {
  'an empty value': '',
  'a character beyond the first 65,536': '\u{1d306}',
  'emoji, combining and right-to-left characters': 'e\u0301 é 🔑👩‍👩‍👧 \u202eabc\u202c שלום',
  'control characters and line separators': `${CONTROL_CHARACTERS.join('')}\u007f\u0085\u2028\u2029`,
  'a byte order mark at the start and spaces at the end': '\ufeff value \r\n ',
  'quotes, escapes and placeholders': `'";\\ \\u0000 $1 ? %s {} \${x} -- /* */`,
  'the texts of other types': '[object Object] null undefined NaN 0 false',
  'a record in JSON': JSON.stringify({ v: 1, key: KEY, text: '\u0000\n"', list: [1, null, true] }),
}

export const TEXT_CASES: readonly StoreCase[] = [
  { name: 'odd keys are kept apart, and list() names exactly those that are there', run: oddKeys },
  ...Object.entries(VALUES).map(([name, value]) => ({
    name: `kept as written: ${name}`,
    run: (connections: Connections) => roundTrip(connections, value),
  })),
  { name: 'kept as written: a value of 64 KB', run: (connections) => roundTrip(connections, big(64)) },
  { name: 'kept as written: a value of 1 MB', run: (connections) => roundTrip(connections, big(1024)) },
]

function big(kilobytes: number): string {
  return Array.from({ length: kilobytes * 16 }, (_, index) => `${index};`.padStart(64, 'x')).join('')
}

async function oddKeys({ store, other }: Connections): Promise<void> {
  for (const [index, key] of KEYS.entries()) await write(store, key, undefined, `value ${index}`)
  for (const [index, key] of KEYS.entries()) {
    const { value } = await readPresent(other, key, `as ${JSON.stringify(key.slice(0, 40))}`)
    assertText(value, `value ${index}`, `the value of key ${JSON.stringify(key.slice(0, 40))}`)
  }
  await assertAbsent(other, ['vk', 'vk1\u0000vk2', 'x'.repeat(LONG_KEY + 1), 'toString'])
  await assertListed(other, KEYS)
}

async function assertAbsent(store: TokenStore, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const { version } = await store.get(key)
    assert(version === undefined, `get(): the key ${JSON.stringify(key.slice(0, 40))} was never written`)
  }
}

async function assertListed(store: TokenStore, keys: readonly string[]): Promise<void> {
  if (!store.list) return
  const listed: string[] = []
  for await (const key of store.list()) listed.push(key)
  const missing = keys.filter((key) => !listed.includes(key))
  assert(missing.length === 0, `list(): leaves out ${JSON.stringify(missing[0]?.slice(0, 40))}`)
  assert(new Set(listed).size === listed.length, 'list(): names a key twice')
  assert(listed.length === keys.length, 'list(): names a key that was never written')
}

async function roundTrip({ store, other }: Connections, value: string): Promise<void> {
  const first = await write(store, KEY, undefined, value)
  assertText((await readPresent(other, KEY, 'after its creation')).value, value, 'the value after its creation')
  await write(other, KEY, first, `${value}!`)
  assertText((await readPresent(store, KEY, 'after a write')).value, `${value}!`, 'the value after the next write')
}
