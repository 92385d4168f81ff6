import { writeSync } from 'node:fs'
import { redisStore } from '@valetkey/store-redis'
import { LIBRARIES } from '../../support/clients.ts'

const STANDARD_OUTPUT = 1

/** Adds 1 to the counter for ever, and prints each number that it has written for sure. */
const [port, library] = process.argv.slice(2)
const { client } = await LIBRARIES[Number(library)]!.open(Number(port))
const store = redisStore(client)
for (;;) {
  const { version, value } = await store.get('counter')
  const next = Number(value ?? 0) + 1
  const written = await store.compareAndSet('counter', version, String(next))
  if (written.ok) writeSync(STANDARD_OUTPUT, `${next}\n`)
}
