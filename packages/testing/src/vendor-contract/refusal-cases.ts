import type { CredentialEvents } from '@valetkey/core'
import { assert, assertSettles, assertText } from '../store-contract/assert.ts'
import { apiUrl, send, textsOf, viewOf } from './send.ts'
import type { VendorCase, VendorUnderTest } from './subject.ts'
import { inWorld, type World } from './world.ts'

/** Success, the caller's own mistakes, permission, rate limits and outages: nothing that a new token would change. */
const NO_REFUSALS = [200, 201, 204, 304, 400, 403, 404, 409, 429, 500, 502, 503]

export function refusalCases(vendor: VendorUnderTest): VendorCase[] {
  const ofTokens = [
    { name: 'a refused token is replaced once, and the request replayed', run: renewed },
    { name: 'the caller gets the second refusal', run: refusedTwice },
  ]
  const ofKeys = [
    { name: 'a refused API key is final: one request, and the event "refused" says why', run: keyRefused },
    ...vendor.secrets.map((option) => ({
      name: `a refused API key is read again when "${option}" is a function, and sent if it is another one`,
      run: (world: World) => keyChanged(world, option),
    })),
  ]
  return [
    { name: '401 refuses the credential; success, permission, rate limits and outages do not', run: statuses },
    { name: 'a 401 for insufficient scope is a matter of permission', run: scope },
    { name: '403 renews nothing', run: permission },
    ...(vendor.tokenAnswer ? ofTokens : ofKeys),
  ].map(({ name, run }) => ({ name, run: () => inWorld(vendor, run) }))
}

async function statuses({ connect }: World): Promise<void> {
  const credential = connect()
  assert(await credential.refuses(viewOf(401)), 'a 401 must count as a refusal')
  for (const status of NO_REFUSALS) {
    assert(!(await credential.refuses(viewOf(status))), `a ${status} must not count as a refusal`)
  }
}

async function scope({ connect }: World): Promise<void> {
  const challenge = { 'www-authenticate': 'Bearer error="insufficient_scope"' }
  const isRefusal = await connect().refuses(viewOf(401, challenge))
  assert(!isRefusal, 'a 401 with insufficient_scope must not count as a refusal')
}

async function permission({ vendor, connect, tokenRequests }: World): Promise<void> {
  const credential = connect()
  await credential.authorization()
  const before = tokenRequests.length
  const { attempts, status } = await send(credential, apiUrl(vendor), [403])
  assert(attempts.length === 1 && status === 403, 'a 403 must reach the caller, and the request must not be sent again')
  assert(tokenRequests.length === before, 'a 403 must not cost a token')
}

async function renewed({ vendor, connectTokens, tokenRequests }: World): Promise<void> {
  const { attempts, status } = await send(connectTokens(), apiUrl(vendor), [401, 200])
  assert(attempts.length === 2 && status === 200, 'a request whose token is refused must be replayed')
  assert(tokenRequests.length === 2, `a refused token must cost one token request, not ${tokenRequests.length - 1}`)
  const [first, second] = attempts.map((authorization) => authorization && textsOf(authorization).join())
  assert(first !== second, 'the request must be sent again with the new token')
}

async function refusedTwice({ vendor, connectTokens, tokenRequests }: World): Promise<void> {
  const { attempts, status } = await send(connectTokens(), apiUrl(vendor), [401, 401, 401])
  assert(attempts.length === 2 && status === 401, 'a request must be sent twice at most')
  assert(tokenRequests.length === 2, 'a second refusal must not cost a token')
}

async function keyRefused({ vendor, connect }: World): Promise<void> {
  const credential = connect()
  const event = new Promise<CredentialEvents['refused']>((resolve) => credential.on('refused', resolve))
  const { attempts, status } = await send(credential, apiUrl(vendor), [401, 200])
  assert(attempts.length === 1 && status === 401, 'a request whose API key is refused must not be sent again')
  const { reason } = await assertSettles(event, 'a refused API key must emit the event "refused"')
  assertText(reason, 'api_key_refused', 'the reason of the event "refused"')
}

async function keyChanged({ vendor, connect }: World, option: string): Promise<void> {
  const key = vendor.options[option] ?? ''
  const keys = [key, `${key}2`]
  const { attempts, status } = await send(connect({ [option]: () => keys.shift() }), apiUrl(vendor), [401, 200])
  assert(attempts.length === 2 && status === 200, 'with another API key the request must be replayed')
}
