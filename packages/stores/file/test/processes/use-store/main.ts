/** Runs the named steps against a store, one after the other, and writes what came of each. */
import { fileStore } from '../../../src/index.ts'

const [path = '', uid = '', ...steps] = process.argv.slice(2)
// Modes mean nothing to root.
if (process.geteuid?.() === 0 && uid !== '') process.setuid?.(Number(uid))
const store = fileStore({ path })

for (const step of steps) {
  const [verb = '', key = '', value = ''] = step.split(' ')
  console.log(JSON.stringify(await run(verb, key, value).catch(({ code, message }) => ({ code, message }))))
}

async function run(verb: string, key: string, value: string): Promise<unknown> {
  const { version, value: current } = await store.get(key)
  if (verb === 'get') return current
  if (verb === 'set') return (await store.compareAndSet(key, version, value)).ok
  if (verb === 'set-big') return (await store.compareAndSet(key, version, value.repeat(64 * 1024))).ok
  // Not awaited: the process ends all the same.
  void store.waitForChange(key, version, { timeoutMs: 10 * 60_000 })
  return 'waiting'
}
