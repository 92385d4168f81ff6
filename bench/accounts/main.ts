// What 100,000 accounts take of a process's memory, and what a credential costs that is made for each request. See ../README.md.
import { join } from 'node:path'
import { progress, runChild } from '../runner/run-child.ts'
import { printSection, sectionOptions } from '../runner/section.ts'
import { type AccountsRow, accounts } from './section.ts'
import { PER_REQUEST, SUBJECTS } from './subjects.ts'

const ACCOUNTS = 100_000
const REQUESTS = 20_000
const CHILD = join(import.meta.dirname, 'child.ts')
const FLAGS = ['--conditions=@valetkey/source', '--expose-gc']

const options = sectionOptions()
const rows: AccountsRow[] = []
const measure = async (measurement: string, subject: string, count: number): Promise<void> => {
  progress(`accounts: ${subject}`)
  const measured = await runChild<object>(CHILD, [measurement, subject, String(count)], { flags: FLAGS })
  rows.push({ subject, ...measured })
}
for (const { name } of SUBJECTS) await measure('heap', name, ACCOUNTS)
for (const { name } of PER_REQUEST) await measure('made', name, REQUESTS)
printSection(accounts, rows, options)
