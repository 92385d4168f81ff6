import { writeSync } from 'node:fs'
import { postgresStore } from '@valetkey/store-postgres'
import { pgPool, postgresJs } from '../../support/clients.ts'

const STANDARD_OUTPUT = 1

/** Adds 1 to the counter for ever, and prints each number that it has written for sure. */
const [port, index] = process.argv.slice(2)
const { client } = await (Number(index) % 2 ? pgPool : postgresJs).open(Number(port))
const store = postgresStore(client)
for (;;) {
  const { version, value } = await store.get('counter')
  const next = Number(value ?? 0) + 1
  const written = await store.compareAndSet('counter', version, String(next))
  if (written.ok) writeSync(STANDARD_OUTPUT, `${next}\n`)
}
