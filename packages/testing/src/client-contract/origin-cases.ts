import { assert, assertText } from '../store-contract/assert.ts'
import { arrivalsAt, expectTokenCalls, expectTokens } from './expect.ts'
import { type Arrival, tokenOf } from './protocol.ts'
import type { ClientCase, ContractRequest } from './subject.ts'
import { carriedBy, place, TOKEN_PLACE_NAMES, TOKEN_PLACES, type TokenPlace } from './token-place.ts'
import type { World } from './world.ts'

/** C1 and C2: which requests get a credential. */
export const ORIGIN_CASES: readonly ClientCase[] = [
  ...TOKEN_PLACES.map(
    (tokenPlace): ClientCase => ({
      name: `C1: only requests to an origin of the credential get it: ${TOKEN_PLACE_NAMES[tokenPlace]}`,
      needs: needsOf(tokenPlace),
      run: (world) => ownOrigin(world, tokenPlace),
    }),
  ),
  { name: 'C1: a request to another origin costs no token, and its 401 renews nothing', run: foreign },
  { name: 'C1: the same server under another host name is another origin', run: otherHost },
  { name: 'C1: a request to another origin is sent as it is without the plugin', run: untouched },
  {
    name: 'C1: what counts is where a request goes in the end, not the base URL of the client',
    needs: ['baseUrl'],
    run: baseUrl,
  },
  { name: 'C1: of several credentials the one that covers the origin is sent', run: several },
  ...TOKEN_PLACES.map(
    (tokenPlace): ClientCase => ({
      name: `C2: what the caller set is left, and its 401 renews nothing: ${TOKEN_PLACE_NAMES[tokenPlace]}`,
      needs: needsOf(tokenPlace),
      run: (world) => callersOwn(world, tokenPlace),
    }),
  ),
]

export function needsOf(tokenPlace: TokenPlace): NonNullable<ClientCase['needs']> {
  return tokenPlace === 'x-api-key' ? ['otherHeaders'] : []
}

async function ownOrigin({ scene, credential, client }: World, tokenPlace: TokenPlace): Promise<void> {
  const { send } = await client(credential({ tokenPlace }))
  await send(scene.url('/own'))
  await send(scene.otherUrl('/foreign'))
  await expectTokens(scene, [tokenOf(1)], '/own')
  await expectTokens(scene, [''], '/foreign')
}

async function foreign({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  const { status } = await send(scene.otherUrl('/foreign'))
  assert(status === 401, 'the answer of another origin is the caller’s')
  await expectTokens(scene, [''])
  await expectTokenCalls(scene, 0, 'a request to another origin')
}

async function otherHost({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  await send(scene.url('/host').replace('127.0.0.1', 'localhost'))
  await expectTokens(scene, [''])
}

async function untouched({ scene, credential, client }: World): Promise<void> {
  const request: Partial<ContractRequest> = { method: 'POST', headers: { 'x-id': '7' }, body: 'litres=5' }
  for (const source of [undefined, credential()]) {
    const { send } = await client(source)
    await send(scene.otherUrl('/untouched?a=b%20c&d'), request)
  }
  const [plain, ours] = (await arrivalsAt(scene)).map(onTheWire)
  assertText(ours, plain, 'a request to another origin, on the wire')
}

/** The request, except its connection. */
function onTheWire({ method, path, headers, body }: Arrival): string {
  const { connection: _connection, ...others } = headers
  return JSON.stringify([method, path, others, body])
}

async function baseUrl({ scene, credential, client }: World): Promise<void> {
  const source = credential()
  for (const own of [true, false]) {
    const [base, absolute] = own ? [scene.url('/'), scene.otherUrl('/x')] : [scene.otherUrl('/'), scene.url('/x')]
    const { send } = await client(source, { baseUrl: base })
    for (const url of ['relative', absolute]) await send(url)
  }
  const arrivals = await arrivalsAt(scene)
  assert(arrivals.length === 4, 'makeClient must set the base URL, or name "baseUrl" in "cannot"')
  for (const arrival of arrivals) {
    const isOwn = arrival.origin === scene.origins[0]
    assertText(
      carriedBy(arrival),
      isOwn ? tokenOf(1) : '',
      `the token of a request to ${isOwn ? 'its' : 'another'} origin`,
    )
  }
}

async function several({ scene, credential, client }: World): Promise<void> {
  const [first, second] = scene.origins
  const { send } = await client([
    credential({ origins: [first] }),
    credential({ origins: [second], tokenPlace: 'query' }),
  ])
  await send(scene.url('/first'))
  await send(scene.otherUrl('/second'))
  const arrivals = await arrivalsAt(scene)
  const placed = arrivals.map(({ headers, path }) => `${'authorization' in headers} ${path.includes('api_key')}`)
  assertText(placed.join(', '), 'true false, false true', 'whether Authorization and the query have the credential')
}

async function callersOwn({ scene, credential, client }: World, tokenPlace: TokenPlace): Promise<void> {
  const { headers = {}, query = {} } = place(tokenPlace, 'own')
  const { send } = await client(credential({ tokenPlace }))
  const { status } = await send(scene.url(`/own?${new URLSearchParams(query)}`), { headers })
  assert(status === 401, 'the answer to what the caller set is the caller’s')
  await expectTokens(scene, ['own'])
  await expectTokenCalls(scene, 0, 'a request that the caller authorized')
}
