import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { root } from '../boundaries/workspace.ts'
import { blocksOf } from './blocks.ts'

/**
 * What the program below a heading of a document exports. It stands in a module until the test ends.
 * @param change puts servers of this machine in place of those that the document names
 */
export async function loadProgram(
  document: string,
  heading: string,
  change: (code: string) => string,
): Promise<unknown> {
  const blocks = blocksOf(document, readFileSync(join(root, document), 'utf8'))
  const block = blocks.find((each) => each.heading === heading && each.language === 'ts')
  if (!block) throw new Error(`${document} has no program below "${heading}"`)
  const folder = mkdtempSync(join(import.meta.dirname, '.blocks-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'program.ts')
  writeFileSync(file, change(block.code))
  return await import(file)
}
