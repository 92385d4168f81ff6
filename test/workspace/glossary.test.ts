import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { root } from './boundaries/workspace.ts'
import { blocksOf } from './examples/blocks.ts'

const exclude = ['**/node_modules/**', '**/dist/**']
const sources = globSync(
  ['packages/*/src/**/*.{ts,tsx}', 'packages/*/*/src/**/*.{ts,tsx}', 'apps/*/src/**/*.{ts,tsx}'],
  {
    cwd: root,
    exclude,
  },
).toSorted()
const documents = globSync(['*.md', 'docs/*.md', 'packages/**/README.md', 'examples/**/README.md'], {
  cwd: root,
  exclude,
})

/** Words that no name may hold, as `docs/glossary.md` says, and the files that may hold them. */
const NOT_SAID: readonly { readonly word: string; readonly where?: RegExp }[] = [
  ...['notice', 'attend', 'attending', 'distrust', 'conclude', 'concluded', 'conceal', 'portrait', 'planted'].map(
    (word) => ({ word }),
  ),
  ...['carrier', 'resend', 'resends', 'resent', 'spare'].map((word) => ({ word })),
  // Database drivers.
  { word: 'driver', where: /^packages\/stores\// },
  // The program in a terminal.
  { word: 'shell', where: /^packages\/cli\/src\/(commands\/completion|completion-script)\.ts$/ },
  // Members of the stored record of version 1, and what reads or writes them. JWTs have `claims`.
  { word: 'claim', where: /^packages\/core\/src\/(tokens\/(record|sign-in)|refresh\/\w+|token-credential)\.ts$/ },
  {
    word: 'dead',
    where:
      /^packages\/core\/src\/(tokens\/(record|sign-in|status)|refresh\/\w+|warm\/ends)\.ts$|^packages\/stores\/file\//,
  },
  { word: 'issue', where: /^packages\/testing\/src\/simulators\// },
]

describe('names', () => {
  test('of sources', () => {
    const said = sources.flatMap((path) =>
      saidIn(path, readFileSync(join(root, path), 'utf8')).map((name) => `${path}: ${name}`),
    )
    expect(sources.length).toBeGreaterThan(300)
    expect(said).toEqual([])
  })

  test('of the code in documents', () => {
    const said = documents.flatMap((document) =>
      blocksOf(document, readFileSync(join(root, document), 'utf8'))
        .filter(({ language }) => language === 'ts')
        .flatMap(({ code }) => saidIn(document, code)),
    )
    expect(said).toEqual([])
  })

  test('are compared word by word', () => {
    expect(saidIn('packages/core/src/a.ts', 'const hideShell = dbDriver.ISSUE_BASE ?? issuer.isDead')).toEqual([
      'hideShell',
      'dbDriver',
      'ISSUE_BASE',
      'isDead',
    ])
    expect(saidIn('packages/stores/redis/src/a.ts', 'const driver = { issuedAt: 1 }')).toEqual([])
  })
})

/** What programs compare: members of these names whose value is a text, and the texts of their types. */
const CODES: ReadonlySet<string> = new Set(['code', 'type', 'kind', 'state', 'event', 'outcome', 'mode', 'phase'])
const CODE = /^[a-z][a-z0-9_]*$/

test('codes, event names, states, results and reasons are snake_case', () => {
  const core = sources.filter((path) => /^packages\/(core|oauth2|mcp|sign-in|clients|stores|vendors)\//.test(path))
  const wrong = core.flatMap((path) => {
    const { codes, errorCodes } = namesAndCodes(path, readFileSync(join(root, path), 'utf8'))
    return [...codes, ...errorCodes].filter((code) => !CODE.test(code)).map((code) => `${path}: ${code}`)
  })
  expect(wrong).toEqual([])
})

test.each([
  ['errors.ts', 'CredentialErrorDetails', 'not_signed_in'],
  ['events.ts', 'CredentialEvents', 'store_went_back'],
])('the members of core/src/%s, %s, are snake_case', (file, name, example) => {
  const text = readFileSync(join(root, 'packages/core/src', file), 'utf8')
  const [, body = ''] = new RegExp(`interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(text) ?? []
  const members = [...body.matchAll(/^ {2}(?:readonly )?['"]?([\w-]+)['"]?\??:/gm)].map(([, member = '']) => member)
  expect(members).toContain(example)
  expect(members.filter((member) => !CODE.test(member))).toEqual([])
})

/**
 * The files of a room of core that others import. `http/` hands each of its subjects to authors, and is read by `kit.ts`
 * file by file; inside of core only `refusal.ts` is.
 */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  // The grant is a contract, the record what `refresh/` writes, and what is seldom needed is loaded late.
  tokens: ['tokens/create.ts', 'tokens/grant.ts', 'tokens/record.ts', 'tokens/seldom.ts'],
  refresh: ['refresh/run.ts'],
  http: ['http/refusal.ts'],
  warm: ['warm/keeper.ts'],
}
const PACKAGE_DOORS: ReadonlySet<string> = new Set(['index.ts', 'kit.ts'])

test('no file of core imports past the door of a room', () => {
  const home = 'packages/core/src'
  const past = sources
    .filter((path) => path.startsWith(`${home}/`))
    .flatMap((path) => {
      const from = relative(home, path)
      const text = readFileSync(join(root, path), 'utf8')
      return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)]
        .map(([, specifier = '']) => join(dirname(from), specifier))
        .filter((target) => isPast(from, target))
        .map((target) => `${from} imports ${target}`)
    })
  expect(past).toEqual([])
})

function isPast(from: string, target: string): boolean {
  const room = roomOf(target)
  if (room === undefined || room === roomOf(from)) return false
  if (room === 'http' && PACKAGE_DOORS.has(from)) return false
  return !DOORS[room]?.includes(target)
}

function roomOf(path: string): string | undefined {
  return path.includes('/') ? path.split('/')[0] : undefined
}

/** Names in `text` that hold a word which the glossary replaces. */
function saidIn(path: string, text: string): string[] {
  const words = NOT_SAID.filter(({ where }) => !where?.test(path)).map(({ word }) => word)
  return namesAndCodes(path.endsWith('.md') ? 'block.ts' : path, text).names.filter((name) =>
    wordsOf(name).some((word) => words.includes(word)),
  )
}

/** `hasOldClaim`, `OLD_CLAIM` and `old-claim` have the same words. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
}

interface Said {
  readonly names: readonly string[]
  /** Texts that members named `code`, `type` … have. */
  readonly codes: readonly string[]
  /** First arguments of `new CredentialError(…)`. */
  readonly errorCodes: readonly string[]
}

function namesAndCodes(path: string, text: string): Said {
  const names = new Set<string>()
  const codes: string[] = []
  const errorCodes: string[] = []
  const add = (key: object, value: unknown): void => {
    if ('name' in key && CODES.has(String(key.name))) codes.push(...textsOf(value))
  }
  new Visitor({
    Identifier: ({ name }) => void names.add(name),
    PrivateIdentifier: ({ name }) => void names.add(name),
    Property: ({ key, value }) => add(key, value),
    TSPropertySignature: ({ key, typeAnnotation }) => add(key, typeAnnotation?.typeAnnotation),
    NewExpression: ({ callee, arguments: [first] }) => {
      if ('name' in callee && callee.name === 'CredentialError') errorCodes.push(...textsOf(first))
    },
  }).visit(parseSync(path, text).program)
  return { names: [...names], codes, errorCodes }
}

/** The texts of a literal, of a literal type, and of a union of those. */
function textsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  if ('types' in node && Array.isArray(node.types)) return node.types.flatMap(textsOf)
  if ('literal' in node) return textsOf(node.literal)
  return 'value' in node && typeof node.value === 'string' ? [node.value] : []
}
