// A vendor in a process of its own, told by messages what to do: `{ plan }`, `'counts'`, `'reset'`, `'revoke'`. Ends with the process that started it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createAccount, readParameters, type VendorPlan } from './token-endpoint.ts'

const BODY = JSON.stringify({ results: [{ sensorType: 'co2', value: 742, unit: 'ppm' }] })
const CHUNK = Buffer.alloc(65_536, 'x')

/** A thousand connections may come at once. */
const BACKLOG = 4096

/** From new tokens to the refusals that were held back for them: time to arrive, and to be kept. */
const LATE_MS = 200
/** Where nobody asks for other tokens, refusals come all the same. */
const HELD_MS = 10_000

let plan: VendorPlan = {}
let account = createAccount(plan)
let renewed = createSignal()

const server = createServer((request, response) => {
  void answer(request, response)
})
// A connection that rests while a subject sleeps is the subject's to use again.
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', BACKLOG, () => process.send?.((server.address() as AddressInfo).port))

process.on('message', (message: 'counts' | 'reset' | 'revoke' | { plan: VendorPlan }) => {
  if (typeof message === 'object') {
    plan = message.plan
    account = createAccount(plan)
    renewed = createSignal()
  } else if (message === 'revoke') account.revoke()
  else if (message === 'reset') account.resetCounts()
  process.send?.(message === 'counts' ? account.counts() : account.first)
})
process.once('disconnect', () => process.exit())

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? ''
  if (url === '/token' || url === '/login/oauth/access_token') return answerToken(request, response)
  if (!account.accepts(request.headers.authorization)) {
    request.resume()
    if (plan.isLate && account.counts().refused % 2 === 0) {
      await Promise.race([renewed.given, pause(HELD_MS)])
      await pause(LATE_MS)
    }
    response.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer' }).end('{}')
  } else if (url.startsWith('/down/')) {
    sendBytes(response, Number(url.slice('/down/'.length)))
  } else if (request.method === 'POST') {
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    request.on('end', () => response.end(String(bytes)))
  } else {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length }).end(BODY)
  }
}

async function answerToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, body } = account.answer(await readParameters(request))
  if (plan.tokenDelayMs !== undefined) await pause(plan.tokenDelayMs)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  renewed.give()
}

function sendBytes(response: ServerResponse, total: number): void {
  let left = total
  response.writeHead(200, { 'content-length': total })
  const more = (): void => {
    while (left > 0) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK
      left -= chunk.length
      if (!response.write(chunk)) {
        response.once('drain', more)
        return
      }
    }
    response.end()
  }
  more()
}

function createSignal(): { readonly given: Promise<void>; give(): void } {
  let give = (): void => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give: () => give() }
}
