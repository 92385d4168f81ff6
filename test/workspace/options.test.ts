import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Function as FunctionNode, parseSync, Visitor } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { packageFolders, root } from './boundaries/workspace.ts'

/** Of a package's interfaces: their members and those that they extend, by name. */
type Interfaces = ReadonlyMap<string, { readonly members: readonly string[]; readonly parents: readonly string[] }>

const core = interfacesOf('packages/core')
/** What other packages' options take from core. */
const COMMON = ['CredentialOptions', 'TokenCredentialDefinition', 'SenderOptions'].flatMap((name) =>
  membersOf(name, core),
)

const packages = packageFolders().filter((folder) =>
  /^packages\/(core|oauth2|mcp|otel|(clients|stores|vendors)\/)/.test(folder),
)

describe.each(packages)('%s', (folder) => {
  const readme = readFileSync(join(root, folder, 'README.md'), 'utf8')
  const interfaces = interfacesOf(folder)

  test('names every option of its factories in the README', async () => {
    const declared = exportedOptions(folder, interfaces).flatMap((name) => membersOf(name, interfaces))
    const options = [...declared, ...(await factoryOptions(folder))]
    const code = [...readme.matchAll(/`[^`\n]+`/g)].join(' ')
    expect(new Set(options.filter((name) => !new RegExp(`\\b${name}\\b`).test(code)))).toEqual(new Set())
  })

  test('has every option that the README lists', async () => {
    const known = new Set([...COMMON, ...namesIn(folder), ...(await factoryOptions(folder))])
    expect(listedOptions(readme).filter((name) => !known.has(name))).toEqual([])
  })
})

/** What a vendor's factories take beside the options that `@valetkey/oauth2` documents for every vendor. */
async function factoryOptions(folder: string): Promise<string[]> {
  if (!folder.startsWith('packages/vendors/')) return []
  const factories: object = await import(join(root, folder, 'src/index.ts'))
  const names = Object.values(factories).flatMap(({ options = {} }) => Object.keys(options))
  return names.filter((name) => !EVERY_VENDOR.includes(name) && !COMMON.includes(name))
}

const EVERY_VENDOR = [
  'clientKey',
  'resource',
  'tokenParameters',
  'authorizationParameters',
  'tokenHeaders',
  'revocationUrl',
  'deviceAuthorizationUrl',
  'introspectionUrl',
  'pushedAuthorizationRequestUrl',
]

/** The names in the first column of the tables below "Options". */
function listedOptions(readme: string): string[] {
  const sections = [...readme.matchAll(/^## Options[\s\S]*?(?=^## )/gm)].join('\n')
  const cells = [...sections.matchAll(/^\| *(`[^|]*?) *\|/gm)].flatMap(([, cell]) => cell ?? [])
  const names = cells.flatMap((cell) => [...cell.matchAll(/`(?:options\.|\w+\[\]\.)?([a-z]\w*)`/g)])
  return names.flatMap(([, name]) => name ?? [])
}

function exportedOptions(folder: string, interfaces: Interfaces): string[] {
  const index = readFileSync(join(root, folder, 'src/index.ts'), 'utf8')
  return [...interfaces.keys()].filter((name) => name.endsWith('Options') && new RegExp(`\\b${name}\\b`).test(index))
}

/** With those of the interfaces of the same package that it extends. */
function membersOf(name: string, interfaces: Interfaces): string[] {
  const { members = [], parents = [] } = interfaces.get(name) ?? {}
  return [...members, ...parents.flatMap((parent) => membersOf(parent, interfaces))]
}

function interfacesOf(folder: string): Interfaces {
  const interfaces = new Map<string, { readonly members: string[]; readonly parents: string[] }>()
  visit(folder, {
    TSInterfaceDeclaration({ id, body, extends: parents }) {
      const members = body.body.flatMap((member) =>
        member.type === 'TSPropertySignature' && member.key.type === 'Identifier' ? [member.key.name] : [],
      )
      const names = parents.flatMap(({ expression }) => (expression.type === 'Identifier' ? [expression.name] : []))
      interfaces.set(id.name, { members, parents: names })
    },
  })
  return interfaces
}

/** What its interfaces have as members, and its functions as parameters. */
function namesIn(folder: string): string[] {
  const names: string[] = []
  const addParameters = ({ params }: Pick<FunctionNode, 'params'>): void => {
    for (const each of params) if (each.type === 'Identifier') names.push(each.name)
  }
  visit(folder, {
    TSPropertySignature({ key }) {
      if (key.type === 'Identifier') names.push(key.name)
    },
    FunctionDeclaration: addParameters,
    TSDeclareFunction: addParameters,
  })
  return names
}

function visit(folder: string, visitor: ConstructorParameters<typeof Visitor>[0]): void {
  for (const file of globSync(`${folder}/src/**/*.ts`, { cwd: root }))
    new Visitor(visitor).visit(parseSync(file, readFileSync(join(root, file), 'utf8')).program)
}
