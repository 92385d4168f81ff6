// One process of a run: callers in a loop, until stdin ends.
import { openStore } from '../open-store.ts'
import { runCaller } from './caller.ts'
import { createTally } from './tally.ts'
import { createWorkerCredential } from './worker-credential.ts'
import { printLine } from './worker-line.ts'
import { readPlan } from './worker-plan.ts'

const plan = readPlan()
const { store, close } = await openStore(plan.store)
const stopping = new AbortController()
process.stdin.on('end', () => stopping.abort()).resume()

const credentials = plan.accounts.map((account) => createWorkerCredential(plan, account, store, printLine))
const tally = createTally(plan.accounts)
printLine({ type: 'ready' })
const callers = credentials.flatMap((credential) =>
  Array.from({ length: plan.callers }, () => runCaller(credential, plan.vendorOrigin, tally, stopping.signal)),
)
await Promise.all(callers)
await Promise.all(credentials.map((credential) => credential.close()))
tally.print()
printLine({ type: 'finished' })
await close()
process.exit()
