// Measures in a process of its own: `node child.ts <measurement> <subject,…> <origin>` prints the cost of each subject as JSON.
import { allocationMeter, costPerRequest, type Meter, type Plan, workMeter } from './measure.ts'
import { type Fetch, subjectNamed } from './subjects.ts'

interface Measurement {
  readonly transport: Fetch
  readonly meter: Meter
  readonly plan: Plan
}

const answer = new Response(null)

/** Answers at once with a prepared response: what is left is the subject's own work. */
const stub: Fetch = () => Promise.resolve(answer)

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  time: {
    transport: stub,
    meter: workMeter,
    plan: { warmUp: 100_000, batches: 15, requestsPerBatch: 20_000 },
  },
  bytes: {
    transport: stub,
    meter: allocationMeter,
    plan: { warmUp: 100_000, batches: 9, requestsPerBatch: 10_000 },
  },
  loopback: {
    transport: globalThis.fetch,
    meter: workMeter,
    plan: { warmUp: 10_000, batches: 300, requestsPerBatch: 40 },
  },
}

const [name = '', subjects = '', origin = ''] = process.argv.slice(2)
const measurement = MEASUREMENTS[name]
if (!measurement) throw new RangeError(`no measurement is named "${name}"`)
const { transport, plan, meter } = measurement
const senders = await Promise.all(subjects.split(',').map((subject) => subjectNamed(subject).open(transport, origin)))
console.log(JSON.stringify(await costPerRequest(senders, `${origin}/v1/readings`, plan, meter)))
