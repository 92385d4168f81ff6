import type { SimulatorApp } from '../loopback-server.ts'
import type { FlowluSettings } from './options.ts'
import { bodyFields, type Presented, readPresented } from './presented.ts'
import { createRecords, MODULES, type Records, type Row } from './records.ts'

export interface FlowluApi {
  readonly settings: FlowluSettings
  /** Another origin, which files are redirected to. */
  readonly filesUrl: string
  /** Modules that the holder may use; `undefined`: authorization failed. */
  modulesOf(presented: Presented): Promise<readonly string[] | undefined>
}

/** https://www.flowlu.com/api/, "Error codes description". */
const MESSAGES = {
  11: 'authorization failed',
  12: 'invalid request',
  20: 'not found',
  21: 'validation error',
  22: 'access denied',
  30: 'unknown method',
  31: 'unknown module',
} as const

type ErrorCode = keyof typeof MESSAGES

interface Failure {
  readonly code: ErrorCode
  readonly details?: readonly object[]
}

/** `/api/v1/module/{module}/{entity}/{method}[/{id}]`: JSON with `response` or `error` at every status. */
export function addApiRoutes(app: SimulatorApp, api: FlowluApi): void {
  const records = createRecords()
  app.all('/api/v1/module/:module/:entity/:method/:id?', async ({ req }) => {
    const call: Call = { ...req.param(), request: req.raw, body: await req.text() }
    const answer = await perform(api, records, call)
    return answer instanceof Response ? answer : failed(api.settings, answer)
  })
  app.notFound(() => failed(api.settings, { code: 30 }))
}

/** One request to the API. */
interface Call {
  readonly module: string
  readonly entity: string
  readonly method: string
  readonly id?: string | undefined
  readonly request: Request
  readonly body: string
}

async function perform(api: FlowluApi, records: Records, call: Call): Promise<Response | Failure> {
  const { module, entity, method, id = '', request, body } = call
  const presented = await readPresented(request, body, api.settings.acceptsBearer)
  if (presented.apiKeys.length > 1) return { code: 12 }
  const modules = await api.modulesOf(presented)
  if (modules === undefined) return { code: 11 }
  if (!MODULES.includes(module)) return { code: 31 }
  if (!modules.includes(module)) return { code: 22 }
  if (`${module}/${entity}/${method}` === 'core/file/get') return Response.redirect(`${api.filesUrl}/files/${id}`, 302)
  const rows = records[`${module}/${entity}`]
  return rows ? answer(rows, call) : { code: 30 }
}

function answer(rows: Row[], call: Call): Response | Failure | Promise<Response | Failure> {
  switch (call.method) {
    case 'list':
      return list(rows, new URL(call.request.url).searchParams)
    case 'get':
      return get(rows, call.id)
    case 'create':
      return call.request.method === 'POST' ? create(rows, call) : { code: 12 }
    default:
      return { code: 30 }
  }
}

const ROWS_PER_PAGE = 50

/** `filter[name]=value`, `page` from 1, `limit`. */
function list(rows: readonly Row[], parameters: URLSearchParams): Response {
  const filters = [...parameters].flatMap(([name, value]) => {
    const member = /^filter\[(\w+)\]$/.exec(name)?.[1]
    return member === undefined ? [] : [[member, value] as const]
  })
  const found = rows.filter((row) => filters.every(([member, value]) => String(row[member]) === value))
  const page = Number(parameters.get('page') ?? 1)
  const limit = Number(parameters.get('limit') ?? ROWS_PER_PAGE)
  const items = found.slice((page - 1) * limit, page * limit)
  return success({ total: found.length, total_result: found.length, page, count: items.length, items })
}

function get(rows: readonly Row[], id: string | undefined): Response | Failure {
  const row = rows.find((it) => String(it.id) === id)
  return row ? success(row) : { code: 20 }
}

async function create(rows: Row[], { request, body }: Call): Promise<Response | Failure> {
  const { api_key: _, ...fields } = await bodyFields(request.headers, body)
  if (!fields.name) return { code: 21, details: [{ field: 'name', message: 'Name cannot be blank.' }] }
  const row = { ...fields, id: rows.length + 1 }
  rows.push(row)
  return success(row)
}

function success(response: object): Response {
  return Response.json({ response })
}

function failed(settings: FlowluSettings, { code, details }: Failure): Response {
  const statuses: Partial<Record<ErrorCode, number>> = {
    11: settings.authorizationFailedStatus,
    22: settings.accessDeniedStatus,
  }
  const error = { error_code: code, error_msg: MESSAGES[code], ...(details && { error_details: details }) }
  return Response.json({ error }, { status: statuses[code] ?? 200 })
}
