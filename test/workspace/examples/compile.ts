import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { root } from '../boundaries/workspace.ts'
import type { Block } from './blocks.ts'

export interface CompiledBlocks {
  /** What the compiler says about a block: `file.ts(line,column): error …`, with the line of the document. */
  complaints(block: Block): string[]
  /** The module that a block became. */
  file(block: Block): string
  remove(): Promise<void>
}

/** Writes each block as a module of its own, in a folder from which its imports find the packages' sources, and compiles all. */
export async function compile(blocks: readonly Block[]): Promise<CompiledBlocks> {
  const folder = await mkdtemp(join(import.meta.dirname, '.blocks-'))
  const file = ({ document, line }: Block): string => join(folder, `${document.replaceAll(/\W+/g, '-')}-${line}.ts`)
  await Promise.all(blocks.map((block) => writeFile(file(block), moduleOf(block))))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../tsconfig.json', include: ['*.ts'] }))
  const lines = await typeCheck(folder)
  return {
    file,
    complaints: (block) => lines.filter((text) => text.startsWith(`${basename(file(block))}(`)),
    remove: () => rm(folder, { recursive: true }),
  }
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
