import { parseSync, Visitor } from 'oxc-parser'

/** What one file asks of others, as its syntax tree says. */
export interface SourceFile {
  /** Relative to the package's folder. */
  readonly path: string
  /** Specifiers of every import: static, dynamic, type-only, re-exports and `require`. */
  readonly imports: readonly string[]
  /** Imports whose specifier is computed, so that no rule can be checked on them. */
  readonly unreadable: number
  readonly readsEnvironment: boolean
  readonly exportsEverything: boolean
  readonly hasDefaultExport: boolean
}

/** The part of a syntax tree's node that is looked at here. */
interface Node {
  readonly type: string
  readonly property?: object
}

const HOSTS: ReadonlySet<string> = new Set(['process', 'Deno', 'Bun'])

/** @throws Error when the file has a syntax error. */
export function parseSourceFile(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  const imports: string[] = []
  const found = { unreadable: 0, readsEnvironment: false, exportsEverything: false, hasDefaultExport: false }
  const add = (source: unknown): void => {
    const specifier = literalText(source)
    if (specifier === undefined) found.unreadable += 1
    else imports.push(specifier)
  }
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    TSExternalModuleReference: (node) => add(node.expression),
    CallExpression: (node) => {
      if (nameOf(node.callee) === 'require') add(node.arguments[0])
    },
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node.source)
    },
    ExportAllDeclaration: (node) => {
      found.exportsEverything = true
      add(node.source)
    },
    ExportDefaultDeclaration: () => {
      found.hasDefaultExport = true
    },
    MemberExpression: (node) => {
      if (nameOf(node.property) === 'env' && holdsEnvironment(node.object)) found.readsEnvironment = true
    },
    VariableDeclarator: (node) => {
      if (node.id.type !== 'ObjectPattern' || !holdsEnvironment(node.init)) return
      if (node.id.properties.some((member) => 'key' in member && nameOf(member.key) === 'env'))
        found.readsEnvironment = true
    },
  }).visit(program)
  if (imports.includes('node:process')) found.readsEnvironment = true
  return { path, imports, ...found }
}

function literalText(node: unknown): string | undefined {
  const isText = typeof node === 'object' && node !== null && 'value' in node && typeof node.value === 'string'
  return isText ? String(node.value) : undefined
}

/** Whether an expression is one of the objects that have `env`: `process`, `globalThis.process`, `import.meta`, … */
function holdsEnvironment(node: Node | null): boolean {
  if (node === null) return false
  if (node.type === 'MetaProperty') return true
  return HOSTS.has(nameOf(node.property ?? node) ?? '')
}

function nameOf(node: object): string | undefined {
  return 'name' in node && typeof node.name === 'string' ? node.name : undefined
}
