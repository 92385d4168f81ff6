import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Comment, parseSync, type TSInterfaceDeclaration } from 'oxc-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from './boundaries/workspace.ts'
import { type LanguageServer, openInEditor } from './hovers/language-server.ts'

const PROGRAM = 'test/workspace/hovers/main.ts'

/** Ten places of the program, and what an editor must say there: the shape in one line, the contract, an example. */
const HOVERS: readonly (readonly [where: string, after: string, said: readonly (string | RegExp)[]])[] = [
  [
    'clientCredentials({',
    '',
    ['clientCredentials: (options: OAuthOptions) => TokenCredential', 'RFC 6749 §4.4', '@throws'],
  ],
  ['vendor:', 'clientCredentials({', ['(property) OAuthOptions.vendor: string', "'acme'"]],
  ['origins:', 'clientCredentials({', ['origins: readonly string[]', 'https://*.example.com']],
  ['tokenUrl:', '', ['tokenUrl?: string | undefined', 'https']],
  ['clientSecret:', '', ['clientSecret?: Secret | undefined', 'readFromVault']],
  ['refreshAheadMs:', '', ['refreshAheadMs?: number | undefined', '60_000']],
  ['withCredential(fetch', '', ['source: CredentialSource', 'options?: WithCredentialOptions', '@throws']],
  ['uncovered:', '', ['uncovered?:', "'throw'", "'send'"]],
  ['place:', '', [/place\?: .*=>/, 'x-api-key']],
  ["on('refreshed'", '', ['on<"refreshed">(event: "refreshed"', '@returns']],
]

describe('in an editor', () => {
  let editor: LanguageServer
  beforeAll(async () => {
    editor = await openInEditor(PROGRAM)
  })
  afterAll(() => editor.close())

  test.each(HOVERS)('%s tells what it is for', async (where, after, said) => {
    const hover = await editor.hover(where, after)
    for (const text of said) {
      if (typeof text === 'string') expect(hover).toContain(text)
      else expect(hover).toMatch(text)
    }
  })
})

/** Code, a value, or the default where that is a value. */
const EXAMPLE = /@example|e\.g\.|`[^`]+`|@default (?:['"\d[{]|true\b|false\b|[\w.]+\()/

test('every option is described with an example', () => {
  const published = globSync('docs/api/*.api.md', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('')
  const files = globSync(['packages/*/src/**/*.ts', 'packages/*/*/src/**/*.ts'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  })
  const options = files.flatMap((file) =>
    optionsIn(file).filter(({ owner }) => published.includes(`interface ${owner} `)),
  )
  expect(options.length).toBeGreaterThan(200)
  expect(
    options.filter(({ text }) => !EXAMPLE.test(text)).map(({ file, owner, name }) => `${file}: ${owner}.${name}`),
  ).toEqual([])
})

interface Option {
  readonly file: string
  readonly owner: string
  readonly name: string
  /** Its JSDoc. */
  readonly text: string
}

/** The members of the exported interfaces whose names end in `Options`. */
function optionsIn(file: string): Option[] {
  const source = readFileSync(join(root, file), 'utf8')
  const { program, comments } = parseSync(file, source)
  const interfaces = program.body.flatMap((statement) =>
    statement.type === 'ExportNamedDeclaration' && statement.declaration?.type === 'TSInterfaceDeclaration'
      ? [statement.declaration]
      : [],
  )
  return interfaces
    .filter(({ id }) => id.name.endsWith('Options'))
    .flatMap((declaration) => membersOf(declaration).map((member) => ({ file, owner: declaration.id.name, ...member })))

  function membersOf({ body }: TSInterfaceDeclaration): Pick<Option, 'name' | 'text'>[] {
    return body.body.flatMap((member) => {
      if (member.type !== 'TSPropertySignature' && member.type !== 'TSMethodSignature') return []
      const isAbove = ({ end }: Comment) => end <= member.start && source.slice(end, member.start).trim() === ''
      return [{ name: source.slice(member.key.start, member.key.end), text: comments.findLast(isAbove)?.value ?? '' }]
    })
  }
}
