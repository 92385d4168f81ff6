// Measures in a process of its own: `node child.ts <measurement> "fetch plain"` prints what one request of the subject costs.
import type { AxiosAdapter } from 'axios'
import { allocationMeter, costPerRequest, workMeter } from './measure.ts'
import { type Fetch, subjectTitled } from './subjects.ts'

/** Nothing is there: the stub answers for it. */
const ORIGIN = 'https://api.example.com'
const PATH = '/v1/readings'

/** Resolves at once with a prepared response: what is left is the subject's own work. */
const answer = new Response(null)
const fetch: Fetch = () => Promise.resolve(answer)

/** What the adapters of axios answer with, which makes a request of its own for each. */
const adapter: AxiosAdapter = (config) =>
  Promise.resolve({ data: '', status: 200, statusText: 'OK', headers: {}, config, request: {} })

const MEASUREMENTS = {
  time: { meter: workMeter, plan: { warmUp: 40_000, batches: 15, requestsPerBatch: 5_000 } },
  bytes: { meter: allocationMeter, plan: { warmUp: 20_000, batches: 9, requestsPerBatch: 2_000 } },
}

const [name, title] = process.argv.slice(2)
const { meter, plan } = MEASUREMENTS[name === 'bytes' ? 'bytes' : 'time']
const send = await subjectTitled(title).open({ fetch, adapter, origin: ORIGIN, path: PATH, url: ORIGIN + PATH })
console.log(JSON.stringify(await costPerRequest(send, plan, meter)))
