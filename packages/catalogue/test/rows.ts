import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { Row } from './row.ts'

const files = globSync('rows/*.ts', { cwd: import.meta.dirname }).toSorted()

/** Every vendor with its row, by name. */
export const ROWS: readonly (readonly [string, Row])[] = await Promise.all(
  files.map(
    async (file): Promise<readonly [string, Row]> => [
      file.slice('rows/'.length, -'.ts'.length),
      (await import(join(import.meta.dirname, file))).row,
    ],
  ),
)
