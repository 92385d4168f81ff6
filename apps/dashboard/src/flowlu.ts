import { flowlu } from '@valetkey/flowlu'
import { flowluSimulator } from '@valetkey/testing/simulators'
import type { Api } from './api.ts'
import type { FlowluKeyAccount, FlowluUserAccount } from './environment.ts'
import type { Json } from './json.ts'
import { SIMULATED_LIFETIME_S, simulatedTime } from './simulated.ts'
import { keySteps, silentTokenSteps } from './steps.ts'
import { createVendor, type Vendor, type VendorParts } from './vendor.ts'

type Fetch = typeof globalThis.fetch

const COMPANY = 'acme'

const SIMULATED = {
  clientId: 'simulated-client',
  username: 'robin@example.com',
  password: 'simulated-password',
}

const KEY: Pick<VendorParts, 'name' | 'read' | 'touch'> = { name: 'Flowlu', read: readWork, touch: getTasks }
const USER: typeof KEY = { ...KEY, name: 'Flowlu OAuth' }

/** With an API key. Without an account a simulator is started. */
export async function openFlowluKey(account: FlowluKeyAccount | undefined): Promise<Vendor> {
  if (account) return createVendor({ ...KEY, baseUrl: hostOf(account), open: () => flowlu.apiKey(account) })
  let apiKey = 'simulated-key'
  const simulator = await flowluSimulator({ apiKey })
  const { baseUrl } = simulator
  const replaceKey = () => {
    simulator.deleteApiKey(apiKey)
    apiKey = simulator.createApiKey()
  }
  const options = { company: COMPANY, apiKey: () => apiKey, baseUrl, allowInsecureRequests: true }
  const simulation = { simulator, steps: keySteps(replaceKey) }
  return createVendor({ ...KEY, baseUrl, open: () => flowlu.apiKey(options), simulation })
}

/** With an administrator's password. Without an account a simulator is started. */
export async function openFlowluUser(account: FlowluUserAccount | undefined): Promise<Vendor> {
  if (account) {
    const open = (fetch: Fetch) => flowlu.password({ ...account, fetch })
    return createVendor({ ...USER, baseUrl: hostOf(account), open })
  }
  const { clock, expireTokens } = simulatedTime()
  const simulator = await flowluSimulator({ ...SIMULATED, clock, expiresIn: SIMULATED_LIFETIME_S })
  const { baseUrl, tokenUrl } = simulator
  const options = { company: COMPANY, ...SIMULATED, baseUrl, tokenUrl, clock, allowInsecureRequests: true }
  const simulation = { simulator, steps: silentTokenSteps(expireTokens) }
  return createVendor({ ...USER, baseUrl, open: (fetch: Fetch) => flowlu.password({ ...options, fetch }), simulation })
}

function hostOf({ company }: { readonly company: string }): string {
  return `https://${company}.flowlu.com`
}

function getTasks(api: Api): Promise<Json> {
  return api.get('/api/v1/module/task/tasks/list?filter[status]=3&limit=1')
}

/** https://www.flowlu.com/api/; a status of 3 is "in progress", as is an opportunity's 1. */
async function readWork(api: Api): Promise<readonly string[]> {
  const tasks = countOf(await getTasks(api))
  const opportunities = countOf(await api.get('/api/v1/module/crm/lead/list?filter[active]=1&limit=1'))
  return [`in progress: opportunities ${opportunities}, tasks ${tasks}`]
}

/** Errors have status 200 too, and no such member. */
function countOf(list: Json): number {
  return list.member('response').member('total_result').number()
}
