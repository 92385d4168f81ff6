// In a process of its own: `node --expose-gc child.ts <subject> <waiters>` prints the bytes of each request that waits for one
// refresh, and the ms of processor time from the answer of the token endpoint to the last answer of the API.
import { setImmediate } from 'node:timers/promises'
import { SUBJECTS } from './subjects.ts'

const [name = '', countText = ''] = process.argv.slice(2)
const count = Number(countText)
const subject = SUBJECTS.find((candidate) => candidate.name === name) ?? SUBJECTS[0]
if (subject?.name !== name) throw new RangeError(`no subject is named "${name}"`)

const results: { readonly bytes: number; readonly drainMs: number }[] = []
for (let round = 0; round < 5; round += 1) results.push(await measure())
const middle = (values: number[]) => values.toSorted((a, b) => a - b)[2]
console.log(
  JSON.stringify({
    bytes: middle(results.map(({ bytes }) => bytes)),
    drainMs: middle(results.map(({ drainMs }) => drainMs)),
  }),
)

async function measure() {
  const { send, answer, isAsked } = (subject as NonNullable<typeof subject>).open()
  const waiting: Promise<unknown>[] = Array.from({ length: count }, () => Promise.resolve())
  void send()
  while (!isAsked()) await setImmediate()
  const before = await collected()
  for (let number = 0; number < count; number += 1) waiting[number] = send()
  const bytes = ((await collected()) - before) / count
  const startedAt = process.cpuUsage()
  answer()
  await Promise.all(waiting)
  const { user, system } = process.cpuUsage(startedAt)
  return { bytes, drainMs: (user + system) / 1000 }
}

async function collected(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.()
    await setImmediate()
  }
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
