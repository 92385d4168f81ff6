// What 100,000 accounts take of a process's memory, and what a credential costs that is made for each request. See ../README.md.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from '../hot-path/report.ts'
import { PER_REQUEST, SUBJECTS } from './subjects.ts'

const { values } = parseArgs({
  options: { accounts: { type: 'string', default: '100000' }, requests: { type: 'string', default: '20000' } },
})

function measure(measurement: string, subject: string, count: string): Record<string, number> {
  const args = ['--conditions=@valetkey/source', '--expose-gc', join(import.meta.dirname, 'child.ts')]
  return JSON.parse(String(execFileSync(process.execPath, [...args, measurement, subject, count])))
}

const accounts = SUBJECTS.map(({ name }) => {
  const { inUse = 0, released = 0, gcMs = 0 } = measure('heap', name, values.accounts)
  return [name, inUse.toFixed(0), released.toFixed(0), gcMs.toFixed(0)]
})
console.log(
  table([`${values.accounts} accounts`, 'bytes each, in use', 'after release', 'full collection, ms'], accounts),
)
const made = PER_REQUEST.map(({ name }) => {
  const { us = 0 } = measure('made', name, values.requests)
  return [name, us.toFixed(1)]
})
console.log(`\n${table(['made for a request', 'µs'], made)}`)
