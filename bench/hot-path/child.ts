// Measures in a separate process: `node child.ts time "fetch valetkey"` prints what one request costs over the plain client, with which
// it takes turns; `node child.ts bytes "fetch valetkey"` what one request allocates.
import type { AxiosAdapter } from 'axios'
import { median } from '../runner/numbers.ts'
import { allocationMeter, costsInTurn, workMeter } from './measure.ts'
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

/** Medians over the batches. */
export interface TimeOverPlain {
  readonly overUs: number
  readonly ofPlain: number
}

const TIME = { warmUp: 20_000, batches: 25, requestsPerBatch: 2_000 }
const BYTES = { warmUp: 20_000, batches: 9, requestsPerBatch: 2_000 }

const [measurement, title = ''] = process.argv.slice(2)
const open = (name: string) =>
  subjectTitled(name).open({ fetch, adapter, origin: ORIGIN, path: PATH, url: ORIGIN + PATH })
console.log(JSON.stringify(measurement === 'bytes' ? await bytes() : await time()))

async function bytes(): Promise<number> {
  const [costs = []] = await costsInTurn([await open(title)], BYTES, allocationMeter)
  return median(costs)
}

async function time(): Promise<TimeOverPlain> {
  const sends = [await open(`${title.split(' ', 1)[0]} plain`), await open(title)]
  const [plain = [], subject = []] = await costsInTurn(sends, TIME, workMeter)
  const pairs = subject.map((us, batch) => ({ us, plainUs: plain[batch] ?? Number.NaN }))
  return {
    overUs: median(pairs.map(({ us, plainUs }) => us - plainUs)),
    ofPlain: median(pairs.map(({ us, plainUs }) => us / plainUs)),
  }
}
