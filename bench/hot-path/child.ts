// Measures in a process of its own: `node child.ts <measurement> '["fetch plain",…]' <origin>` prints the cost of each subject as JSON.
import type { AxiosAdapter } from 'axios'
import { allocationMeter, costPerRequest, type Meter, type Plan, workMeter } from './measure.ts'
import { type Fetch, subjectTitled, type Transport } from './subjects.ts'

interface Measurement {
  readonly transport: Pick<Transport, 'fetch' | 'adapter'>
  readonly meter: Meter
  readonly plan: Plan
}

const PATH = '/v1/readings'

const answer = new Response(null)
const stubFetch: Fetch = () => Promise.resolve(answer)

/** What the adapters of axios answer with, which makes a request of its own for each. */
const stubAdapter: AxiosAdapter = (config) =>
  Promise.resolve({ data: '', status: 200, statusText: 'OK', headers: {}, config, request: {} })

/** Answers at once with a prepared response: what is left is the subject's own work. */
const STUB = { fetch: stubFetch, adapter: stubAdapter }

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  time: {
    transport: STUB,
    meter: workMeter,
    plan: { warmUp: 40_000, batches: 15, requestsPerBatch: 5_000, inFlight: 1 },
  },
  bytes: {
    transport: STUB,
    meter: allocationMeter,
    plan: { warmUp: 20_000, batches: 9, requestsPerBatch: 2_000, inFlight: 1 },
  },
  loopback: {
    transport: { fetch: globalThis.fetch },
    meter: workMeter,
    plan: { warmUp: 5_000, batches: 60, requestsPerBatch: 256, inFlight: 64 },
  },
}

const [name = '', titles = '[]', origin = ''] = process.argv.slice(2)
const measurement = MEASUREMENTS[name]
if (!measurement) throw new RangeError(`no measurement is named "${name}"`)
const { transport, plan, meter } = measurement
const subjects = (JSON.parse(titles) as string[]).map(subjectTitled)
const senders = await Promise.all(
  subjects.map((subject) => subject.open({ ...transport, origin, path: PATH, url: origin + PATH })),
)
console.log(JSON.stringify(await costPerRequest(senders, plan, meter)))
