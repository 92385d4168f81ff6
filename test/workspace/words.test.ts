import { expect, test } from 'vitest'
import { ALLOWED } from './words/allowed.ts'
import { filesOf, idiomsIn, wordsIn } from './words/prose.ts'

test.each(Object.entries(ALLOWED))('%s holds at most %i translated idioms', (place, allowed) => {
  const found = filesOf(place).flatMap((file) => idiomsIn(file))
  const lines = found.map(({ path, line, turn, say }) => `${path}:${line}: "${turn}": ${say}`)
  expect(lines.length > allowed ? lines : []).toEqual([])
})

test('an idiom is found over the lines of a document and of a comment, with its place and what to write', () => {
  expect(idiomsIn('a.md', 'One refresh\nserves all. The store is read\nanew, at no\ntoken call.')).toEqual([
    { path: 'a.md', line: 3, turn: 'anew', say: 'again, or "each time"' },
    { path: 'a.md', line: 3, turn: 'at no token call', say: 'without a token call' },
  ])
  const source = '/**\n * A record of\n * its own.\n */\nexport const besides = "whatever-it-is"'
  expect(idiomsIn('a.ts', source).map(({ line, turn }) => `${line} ${turn}`)).toEqual(['2 of its own'])
})

test('plain English is no idiom', () => {
  const text =
    'There is no lock. Besides, the vendor may answer late. It is no longer read. If there are no tokens, it is not replayed.'
  expect(idiomsIn('a.md', text).map(({ turn }) => turn)).toEqual([])
})

test('words are counted outside of code', () => {
  expect(wordsIn('a.md', 'Two words\n\n```ts\nconst a = 1\n```\n\n| and | `three` more |\n')).toBe(5)
})
