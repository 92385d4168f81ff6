import { readBearer } from '../authorization.ts'
import type { SimulatorApp } from '../loopback-server.ts'

export interface M2mApi {
  readonly forbiddenPaths: readonly string[]
  accepts(token: string): Promise<boolean>
}

/** What people have in store; the vendor is not known, so neither are its resources. */
const ITEMS = [
  { id: 'item-1', name: 'Life jackets', quantity: 12 },
  { id: 'item-2', name: 'Fenders', quantity: 8 },
  { id: 'item-3', name: 'Mooring lines', quantity: 5 },
]

/** `/v1/ping` and `/v1/items`. 401 is the token, 403 the account's permissions; the page names no bodies. */
export function addApiRoutes(app: SimulatorApp, { forbiddenPaths, accepts }: M2mApi): void {
  app.use('/v1/*', async ({ req }, next) => {
    if (!(await accepts(readBearer(req.header('authorization'))))) return problem(401, 'Unauthorized')
    return forbiddenPaths.includes(req.path) ? problem(403, 'Forbidden') : next()
  })
  app.get('/v1/ping', () => Response.json({ status: 'ok' }))
  app.get('/v1/items', () => Response.json({ items: ITEMS, total: ITEMS.length }))
  app.notFound(() => problem(404, 'Not Found'))
}

function problem(status: number, message: string): Response {
  return Response.json({ message }, { status })
}
