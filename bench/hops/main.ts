// How many functions of @valetkey/* run for one request, and in how many files. See ../README.md.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Session } from 'node:inspector/promises'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@valetkey/core/kit'
import { withCredential } from '@valetkey/fetch'
import { clientCredentials } from '@valetkey/oauth2'

const HOUR_S = 3600
const SOURCES = /\/packages\/(?:clients\/)?([^/]+)\/src\/(.+)$/

let issued = 0
let accepted = ''
/** How far the clock of the credentials is ahead. */
let passedMs = 0

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  request.resume()
  const json = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (request.url !== '/token') return json(request.headers.authorization === `Bearer ${accepted}` ? 200 : 401, {})
  issued += 1
  accepted = `token-${issued}`
  return json(200, { access_token: accepted, token_type: 'Bearer', expires_in: HOUR_S })
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const clock = {
  ...systemClock,
  now: () => systemClock.now() + passedMs,
  monotonic: () => systemClock.monotonic() + passedMs,
}

interface Scenario {
  readonly name: string
  prepare(): void
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'fresh', prepare: () => {} },
  {
    name: 'expired',
    prepare: () => {
      passedMs = 2 * HOUR_S * 1000
    },
  },
  {
    name: 'refused',
    prepare: () => {
      accepted = ''
    },
  },
]

const session = new Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })

for (const scenario of SCENARIOS) {
  const credential = clientCredentials({
    vendor: 'bench',
    origins: [origin],
    tokenUrl: `${origin}/token`,
    clientId: 'bench',
    clientSecret: 's3cret',
    allowInsecureRequests: true,
    clock,
  })
  const send = withCredential(fetch, credential)
  const ask = async (): Promise<void> => {
    const response = await send(`${origin}/v1/readings`, { headers: { accept: 'application/json' } })
    if (!response.ok) throw new Error(`the request of "${scenario.name}" got ${response.status}`)
    await response.text()
  }
  await ask()
  scenario.prepare()
  await session.post('Profiler.takePreciseCoverage')
  await ask()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  const files = new Map<string, string[]>()
  for (const { url, functions } of result) {
    const [, name, path] = SOURCES.exec(url) ?? []
    // The whole file counts as a function without a name that begins at 0.
    const ran = functions.filter(({ ranges: [range] }) => range && range.count > 0 && range.startOffset > 0)
    if (name && ran.length > 0)
      files.set(
        `${name}/${path}`,
        ran.map((it) => it.functionName || '(anonymous)'),
      )
  }
  const count = [...files.values()].flat().length
  console.log(`${scenario.name}: ${count} functions in ${files.size} files`)
  if (process.argv.includes('--list')) for (const [file, names] of files) console.log(`  ${file}: ${names.join(', ')}`)
}

session.disconnect()
server.closeAllConnections()
server.close()
