// What requests cost that wait for one refresh, and how long they take once it has come. See ../README.md.
import { join } from 'node:path'
import { progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { type WaitersRow, waiters } from './section.ts'
import { SUBJECTS } from './subjects.ts'

const WAITERS = 10_000
const CHILD = join(import.meta.dirname, 'child.ts')
const FLAGS = ['--conditions=@valetkey/source', '--expose-gc']

const options = sectionOptions()
const rows: WaitersRow[] = []
for (const { name } of SUBJECTS) {
  progress(`waiters: ${name}`)
  const measured = await runChild<Omit<WaitersRow, 'subject'>>(CHILD, [name, String(WAITERS)], { flags: FLAGS })
  rows.push({ subject: name, ...measured })
}
printSection(waiters, rows, options)
