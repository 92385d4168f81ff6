// What requests cost that wait for one refresh, and how long they take once it has come. See ../README.md.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../hot-path/report.ts'
import { SUBJECTS } from './subjects.ts'

const { values } = parseArgs({ options: { waiters: { type: 'string', default: '10000' } } })
const rows = SUBJECTS.map(({ name }) => {
  const args = ['--conditions=@valetkey/source', '--expose-gc', join(import.meta.dirname, 'child.ts')]
  const { bytes, drainMs } = JSON.parse(String(execFileSync(process.execPath, [...args, name, values.waiters])))
  return [name, bytes.toFixed(0), drainMs.toFixed(1)]
})
console.log(table([`${values.waiters} waiters`, 'bytes each', 'ms until all have their answer'], rows))
