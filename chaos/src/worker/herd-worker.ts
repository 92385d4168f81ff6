// One process of a herd: whenever a line arrives on stdin, a number, so many callers ask for the token at once.
import { createInterface } from 'node:readline'
import { openStore } from '../open-store.ts'
import { createWorkerCredential } from './worker-credential.ts'
import { printLine } from './worker-line.ts'
import { readPlan } from './worker-plan.ts'

const plan = readPlan()
const { store, close } = await openStore(plan.store)
const [account = ''] = plan.accounts
const credential = createWorkerCredential(plan, account, store, printLine)

async function wait(): Promise<number> {
  const startedAt = performance.now()
  await credential.authorization()
  return performance.now() - startedAt
}

await credential.authorization()
printLine({ type: 'ready' })
for await (const line of createInterface({ input: process.stdin })) {
  const waits = await Promise.all(Array.from({ length: Number(line) }, wait))
  const { generation } = await credential.authorization()
  printLine({ type: 'herd', generation, waits })
}
await close()
process.exit()
