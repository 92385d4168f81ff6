/** Adds 1 to a counter in the store again and again, and writes each count that it won, until stdin ends. */
import { writeSync } from 'node:fs'
import { createFileStore } from '../../../src/create-file-store.ts'
import { platformNamed } from '../../support/platforms.ts'

const [path = '', key = '', platform = ''] = process.argv.slice(2)
const store = createFileStore(path, platformNamed(platform))
let isWanted = true
process.stdin.on('end', () => {
  isWanted = false
})
process.stdin.resume()

while (isWanted) {
  const { version, value } = await store.get(key)
  const count = Number(value?.split(' ')[1] ?? 0) + 1
  const result = await store.compareAndSet(key, version, `count ${count}`)
  // At once, so that a process that is killed later has told of it.
  if (result.ok) writeSync(1, `${count}\n`)
}
