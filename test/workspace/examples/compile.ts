import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import type { Block } from './blocks.ts'

export interface CompiledBlocks {
  /** What the compiler says about a block: `file.ts(line,column): error …`, with the line of the document. */
  complaints(block: Block): string[]
  /** The module that a block became. */
  file(block: Block): string
  remove(): Promise<void>
}

/**
 * Writes each block as a module of its own, in a folder from which its imports find the packages' sources, and compiles all:
 * those of an example among its own dependencies, others among those of this folder's package.
 */
export async function compile(blocks: readonly Block[]): Promise<CompiledBlocks> {
  const homes = new Set([import.meta.dirname, ...blocks.map(homeOf)])
  const folders = new Map<string, string>()
  for (const home of homes) folders.set(home, await mkdtemp(join(home, '.blocks-')))
  const folderOf = (home: string): string => folders.get(home) ?? home
  const file = (block: Block): string =>
    join(folderOf(homeOf(block)), `${block.document.replaceAll(/\W+/g, '-')}-${block.line}.ts`)
  await Promise.all(blocks.map((block) => writeFile(file(block), moduleOf(block))))
  const folder = folderOf(import.meta.dirname)
  const settings = { extends: '../tsconfig.json', include: [], files: blocks.map(file) }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings))
  const lines = await typeCheck(folder)
  return {
    file,
    complaints: (block) => lines.filter((text) => text.startsWith(`${relative(folder, file(block))}(`)),
    remove: async () => {
      for (const each of folders.values()) await rm(each, { recursive: true })
    },
  }
}

/** Where the modules of a document can be written. */
function homeOf({ document }: Block): string {
  const example = /^examples\/[^/]+/.exec(document)
  return example ? join(root, example[0]) : import.meta.dirname
}

/** The code stands at the line where it stands in its document. */
function moduleOf({ line, code }: Block): string {
  return `${'\n'.repeat(line - 1)}${code}\nexport {}\n`
}

/** The compiler's lines. @throws Error when it complains about something else than a file */
function typeCheck(folder: string): Promise<string[]> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], { cwd: folder }, (_, stdout, stderr) => {
      const lines = stdout.split('\n')
      if (stderr !== '' || lines.some((line) => line.startsWith('error '))) reject(new Error(`${stderr}${stdout}`))
      else resolve(lines)
    })
  })
}
