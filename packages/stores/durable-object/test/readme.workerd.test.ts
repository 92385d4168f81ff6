import { join } from 'node:path'
import { test } from 'vitest'
import { expectOneTokenOfReadme } from './support/readme-workers.ts'

/** Among the packages that documents import. */
const DOCUMENTS = join(import.meta.dirname, '../../../../test')

test('the program of the README runs in two Workers, which share one token', () => expectOneTokenOfReadme(DOCUMENTS))
