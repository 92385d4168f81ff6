import { assertText } from './assert.ts'
import { assertAbsent, type Connections, readPresent, type StoreCase, write } from './subject.ts'

const KEY = 'store-contract/texts'
const LONG_KEY = 600
/** Of 9 bytes each. */
const LONG_TEXT = 7_300

/** Each differs from another in a way that a file system, an index or a query may overlook. */
export const KEYS: readonly string[] = [
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
  '1',
  '01',
  '1.0',
  '1e0',
  'true',
  'null',
  'vk',
  'vk1:',
  'vk1/',
  'vk1/a',
  'vk1.json',
  'vk1.lock',
  '__proto__',
  'constructor',
  'x'.repeat(LONG_KEY),
  `${'x'.repeat(LONG_KEY - 1)}y`,
  '漢'.repeat(LONG_KEY),
  `${'漢'.repeat(LONG_KEY - 1)}字`,
  `${'🔑'.repeat(LONG_KEY / 2 - 1)}🗝`,
  JSON.stringify(['vk1', 'vendor', 'https://login.example.com/token', 'robin@example.com']),
]

const CONTROL_CHARACTERS = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code)).slice(1)

/** Each stays the text that it is. */
const LOOKALIKES: readonly string[] = [
  '0',
  '-0',
  '007',
  '1e3',
  '1.50',
  '0x10',
  ' 42 ',
  'NaN',
  'Infinity',
  '12345678901234567890',
  'true',
  'null',
  'undefined',
  '[1,2]',
  '{"b":1, "a":2}',
  '"quoted"',
  '2026-01-01T00:00:00Z',
]

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
  { name: 'odd keys do not share a record', run: oddKeys },
  ...Object.entries(VALUES).map(([name, value]) => ({
    name: `kept as written: ${name}`,
    run: (connections: Connections) => roundTrip(connections, value),
  })),
  { name: 'kept as written: texts that look like numbers, dates and JSON', run: lookalikes },
  {
    name: 'kept as written: 64 KB in characters of several bytes',
    run: (connections) => roundTrip(connections, `.${'漢é🔑'.repeat(LONG_TEXT)}`),
  },
  { name: 'kept as written: a value of 64 KB', run: (connections) => roundTrip(connections, big(64)) },
  {
    name: 'kept as written: a value of 1 MB',
    needs: ['largeValues'],
    run: (connections) => roundTrip(connections, big(1024)),
  },
]

function big(kilobytes: number): string {
  return Array.from({ length: kilobytes * 16 }, (_, index) => `${index};`.padStart(64, 'x')).join('')
}

async function oddKeys({ store, other }: Connections): Promise<void> {
  await Promise.all(KEYS.map((key, index) => write(store, key, undefined, `value ${index}`)))
  for (const [index, key] of KEYS.entries()) {
    const { value } = await readPresent(other, key, `as ${JSON.stringify(key.slice(0, 40))}`)
    assertText(value, `value ${index}`, `the value of key ${JSON.stringify(key.slice(0, 40))}`)
  }
  for (const key of ['v', 'vk1\u0000vk2', 'x'.repeat(LONG_KEY + 1), 'toString']) {
    await assertAbsent(other, key, 'it was never written')
  }
}

async function lookalikes({ store, other }: Connections): Promise<void> {
  await Promise.all(LOOKALIKES.map((value) => write(store, `${KEY}/${value}`, undefined, value)))
  for (const value of LOOKALIKES) {
    const read = await readPresent(other, `${KEY}/${value}`, 'after its creation')
    assertText(read.value, value, 'the value after its creation')
  }
}

async function roundTrip({ store, other }: Connections, value: string): Promise<void> {
  const first = await write(store, KEY, undefined, value)
  assertText((await readPresent(other, KEY, 'after its creation')).value, value, 'the value after its creation')
  await write(other, KEY, first, `${value}!`)
  assertText((await readPresent(store, KEY, 'after a write')).value, `${value}!`, 'the value after the next write')
}
