// In a process of its own: `node --expose-gc child.ts heap <subject> <accounts>` prints the bytes of each account, in use and released;
// `child.ts made <subject> <requests>` the µs of processor time of a credential that is made for a request.
import { setImmediate, setTimeout } from 'node:timers/promises'
import { PER_REQUEST, SUBJECTS } from './subjects.ts'

const [measurement = '', name = '', countText = ''] = process.argv.slice(2)
const count = Number(countText)
console.log(JSON.stringify(measurement === 'heap' ? await heap() : await made()))

async function heap() {
  const use = named(SUBJECTS).open()
  // Whatever is made once is there before it is counted.
  for (let number = 0; number < 100; number += 1) await use(`warm-${number}`)
  const names = Array.from({ length: count }, (_, number) => Buffer.from(`user-${number}`).toString('latin1'))
  const held: (object | undefined)[] = Array.from({ length: count }, () => undefined)
  const before = await collected()
  for (const [index, account] of names.entries()) held[index] = await use(account)
  const inUse = (await collected()) - before
  const startedAt = performance.now()
  globalThis.gc?.()
  const gcMs = performance.now() - startedAt
  held.fill(undefined)
  const released = (await collected()) - before
  // Until here: a store that nobody uses any more would take all with it.
  await use('warm-0')
  // The names have to live until here: they are not counted.
  return { inUse: inUse / count, released: released / count, gcMs, names: names.length }
}

/** Bytes, when nothing more goes. */
async function collected(): Promise<number> {
  for (let round = 0; round < 8; round += 1) {
    globalThis.gc?.()
    await setImmediate()
    await setTimeout(5)
  }
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

async function made() {
  const request = named(PER_REQUEST).open()
  for (let number = 0; number < count; number += 1) await request()
  const batches: number[] = []
  for (let batch = 0; batch < 7; batch += 1) {
    const before = process.cpuUsage()
    for (let number = 0; number < count; number += 1) await request()
    const { user, system } = process.cpuUsage(before)
    batches.push((user + system) / count)
  }
  return { madeUs: batches.toSorted((a, b) => a - b)[3] }
}

function named<S extends { readonly name: string }>(subjects: readonly S[]): S {
  const subject = subjects.find((candidate) => candidate.name === name)
  if (!subject) throw new RangeError(`no subject is named "${name}"`)
  return subject
}
