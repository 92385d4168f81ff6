import { flowluSimulator } from '@valetkey/testing/simulators'
import { connectFlowluKey } from '../connect/flowlu-key.ts'
import { connectFlowluUser } from '../connect/flowlu-user.ts'
import type { Api } from './api.ts'
import type { FlowluKeyAccount, FlowluUserAccount } from './environment.ts'
import type { Json } from './json.ts'
import type { Point, Reading } from './reading.ts'
import type { FlowluUserSetup } from './setup.ts'
import { LIFETIMES_S, type Simulation } from './simulated.ts'
import { type SteppableClock, steppableClock } from './steppable-clock.ts'
import { createVendor, type Runtime, runtimeOptions, type Vendor, type VendorParts } from './vendor.ts'

type Parts = Pick<VendorParts, 'name' | 'client' | 'grant' | 'code' | 'read' | 'touch'>

const COMPANY = 'acme'

const SIMULATED = {
  company: COMPANY,
  clientId: 'simulated-client',
  username: 'robin@example.com',
  password: 'simulated-password',
}

const READER = { read: readWork, touch: getTasks }
const KEY: Parts = { ...READER, name: 'Flowlu', client: 'axios', grant: 'API key', code: 'flowlu-key' }
const USER: Parts = { ...READER, name: 'Flowlu OAuth', client: 'fetch', grant: 'password', code: 'flowlu-user' }

/** With an API key. Without an account a simulator is started. */
export async function openFlowluKey(account: FlowluKeyAccount | undefined): Promise<Vendor> {
  if (account) {
    const live = { source: 'live', baseUrl: hostOf(account) } as const
    return createVendor({ ...KEY, ...live, connect: () => connectFlowluKey(account) })
  }
  let apiKey = 'simulated-key'
  const simulator = await flowluSimulator({ apiKey })
  const { baseUrl } = simulator
  const replaceKey = () => {
    simulator.deleteApiKey(apiKey)
    apiKey = simulator.createApiKey()
  }
  const options = { company: COMPANY, apiKey: () => apiKey, baseUrl, allowInsecureRequests: true }
  const simulation = { simulator, replaceKey, clock: steppableClock() }
  return createVendor({
    ...KEY,
    source: 'simulator',
    baseUrl,
    connect: () => connectFlowluKey(options),
    simulation,
  })
}

/** With an administrator's password. Without an account a simulator is started. */
export async function openFlowluUser(account: FlowluUserAccount | undefined, runtime: Runtime): Promise<Vendor> {
  if (account) {
    const live = { source: 'live', baseUrl: hostOf(account), allowInsecureRequests: false } as const
    return flowluUserVendor({ kind: 'flowlu-user', ...account, ...live }, runtime)
  }
  const clock = steppableClock()
  const { username, password } = SIMULATED
  const simulator = await flowluSimulator({ username, password, clock, expiresIn: LIFETIMES_S.flowlu })
  const { baseUrl, tokenUrl } = simulator
  const urls = { baseUrl, tokenUrl, allowInsecureRequests: true }
  const setup: FlowluUserSetup = { kind: 'flowlu-user', source: 'simulator', ...SIMULATED, ...urls }
  const lifetimeMs = LIFETIMES_S.flowlu * 1000
  return flowluUserVendor(setup, runtime, clock, { simulator, clock, lifetimeMs, isSilent: true })
}

/** @param simulation what this process simulates of it */
export function flowluUserVendor(
  setup: FlowluUserSetup,
  runtime: Runtime,
  clock?: SteppableClock,
  simulation?: Simulation,
): Vendor {
  const { kind: _, source, baseUrl, ...account } = setup
  const options = { ...account, ...(source === 'simulator' && { baseUrl }), ...runtimeOptions(runtime, clock) }
  const connect = (fetch: typeof globalThis.fetch) => connectFlowluUser({ ...options, fetch })
  return createVendor({ ...USER, source, baseUrl, setup, simulation, connect })
}

function hostOf({ company }: { readonly company: string }): string {
  return `https://${company}.flowlu.com`
}

function getTasks(api: Api): Promise<Json> {
  return api.get('/api/v1/module/task/tasks/list?filter[status]=3&limit=1')
}

/** https://www.flowlu.com/api/; a status of 3 is "in progress", as is an opportunity's 1. */
async function readWork(api: Api): Promise<Reading> {
  const tasks = countOf(await getTasks(api))
  const leads = await api.get('/api/v1/module/crm/lead/list?filter[active]=1&limit=5')
  const opportunities = countOf(leads)
  return {
    lines: [`in progress: opportunities ${opportunities}, tasks ${tasks}`],
    headline: {
      value: String(opportunities + tasks),
      label: `open: ${plural(opportunities, 'deal')}, ${plural(tasks, 'task')}`,
    },
    chart: {
      title: 'Open deals, budget',
      kind: 'rows',
      points: leads
        .member('response')
        .member('items')
        .items()
        .map(dealOf)
        .filter((deal) => deal !== undefined),
    },
  }
}

function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

function dealOf(lead: Json): Point | undefined {
  const { value: label } = lead.member('name')
  const budget = Number(lead.member('budget').value)
  return typeof label === 'string' && Number.isFinite(budget) ? { label, value: budget } : undefined
}

/** Errors have status 200 too, and no such member. */
function countOf(list: Json): number {
  return list.member('response').member('total_result').number()
}
