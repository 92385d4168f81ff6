import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Row } from './row.ts'

const names = globSync('rows/*.ts', { cwd: import.meta.dirname })
  .map((file) => basename(file, '.ts'))
  .toSorted()

/** Every vendor with its row, by name. */
export const ROWS: readonly (readonly [string, Row])[] = await Promise.all(
  names.map(async (name): Promise<readonly [string, Row]> => {
    const { row }: { readonly row: Row } = await import(join(import.meta.dirname, `rows/${name}.ts`))
    return [name, row]
  }),
)
