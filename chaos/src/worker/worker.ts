// One process of a run: callers in a loop, until stdin ends.
import { openStore } from '../open-store.ts'
import { runCaller } from './caller.ts'
import { disturbedStore, jumpingClock } from './disturbances.ts'
import { createTally } from './tally.ts'
import { createWorkerCredential } from './worker-credential.ts'
import { printLine } from './worker-line.ts'
import { readPlan } from './worker-plan.ts'

const plan = readPlan()
const { store, close } = await openStore(plan.store)
const stopping = new AbortController()
process.stdin.on('end', () => stopping.abort()).resume()

const faults = new Set(plan.faults)
const seen = disturbedStore(store, faults, stopping.signal)
const clock = faults.has('clock') ? jumpingClock(stopping.signal) : undefined
const credentials = plan.accounts.map((account) => createWorkerCredential(plan, account, seen, printLine, clock))
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
