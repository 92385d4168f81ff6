import type { CredentialSource } from '@valetkey/core'
import { assert, assertSettles, assertText } from '../store-contract/assert.ts'
import { arrivalsAt, expectAnswer, expectCode, expectTokenCalls, later, rejectionOf } from './expect.ts'
import { TOKEN_PATH, tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import type { Client, World } from './world.ts'

/** C5, C14, C16, C17 and C18: what the caller of a request sees of the work behind it. */
export const CALLER_CASES: readonly ClientCase[] = [
  {
    name: 'C5: a caller that aborts while the first token is fetched stops waiting immediately, and the others get the token',
    run: leaveFirst,
  },
  {
    name: 'C5: a caller that aborts while a token is refreshed stops waiting immediately, and the others get the token',
    run: leaveRenewal,
  },
  {
    name: 'C5: whose time is up while the first token is fetched leaves as the client leaves, and the others get theirs',
    needs: ['timeouts'],
    run: overdueFirst,
  },
  {
    name: 'C5: whose time is up while a token is renewed leaves as the client leaves, and the others get theirs',
    needs: ['timeouts'],
    run: overdueRenewal,
  },
  {
    name: 'C14: hooks run as often as without the plugin, and see the final answer only',
    needs: ['hooks'],
    run: hooks,
  },
  { name: 'C16: detached, the client sends as before and is as before', run: detached },
  {
    name: 'C17: with a fresh token a request is sent in the turn it is sent in without the plugin',
    needs: ['interception'],
    run: sameTurn,
  },
  { name: 'C17: without one it waits for it', run: waits },
  { name: 'C18: a credential that fails rejects the request with its own error, and nothing is sent', run: fails },
  { name: 'C18: so does one that fails to renew a refused token', run: failsToRenew },
]

async function leaveFirst({ scene, credential, client }: World): Promise<void> {
  await scene.play({ holds: [TOKEN_PATH] })
  const { send } = await client(credential())
  const leaving = new AbortController()
  const left = later(send(scene.url('/left'), { signal: leaving.signal }))
  const stayed = later(send(scene.url('/stayed')))
  await scene.waitForArrivals(TOKEN_PATH, 1)
  leaving.abort(new Error('tab closed'))
  await rejectionOf(left, 'a caller who gives up while a token is fetched')
  await scene.release(TOKEN_PATH)
  expectAnswer(await stayed, '200 welcome', 'the request of the other caller')
  await expectTokenCalls(scene, 1, 'a caller who gave up')
}

async function leaveRenewal({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  await send(scene.url('/warm-up'))
  await scene.play({ accepts: [tokenOf(2)], holds: [TOKEN_PATH] })
  const leaving = new AbortController()
  const left = later(send(scene.url('/left'), { signal: leaving.signal }))
  await scene.waitForArrivals(TOKEN_PATH, 2)
  const stayed = later(send(scene.url('/stayed')))
  await scene.waitForArrivals('/stayed', 1)
  leaving.abort(new Error('tab closed'))
  await rejectionOf(left, 'a caller who gives up while a token is renewed')
  await scene.release(TOKEN_PATH)
  expectAnswer(await stayed, '200 welcome', 'the request of the other caller')
  await expectTokenCalls(scene, 2, 'a caller who gave up')
}

/** Longer than a request takes that the server does not hold. */
const TIME_LIMIT_MS = 200

async function overdueFirst({ scene, credential, client }: World): Promise<void> {
  await scene.play({ holds: [TOKEN_PATH, '/plain'] })
  const plain = await overdueOf(overdue(await client(undefined), scene.url('/plain')))
  const { send } = await client(credential())
  const left = overdue({ send }, scene.url('/left'))
  const stayed = later(send(scene.url('/stayed')))
  assertText(await overdueOf(left), plain, 'the error of a request whose time is up')
  await scene.waitForArrivals(TOKEN_PATH, 1)
  await scene.release(TOKEN_PATH)
  expectAnswer(await stayed, '200 welcome', 'the request of the other caller')
  await expectTokenCalls(scene, 1, 'a caller whose time was up')
}

async function overdueRenewal({ scene, credential, client }: World): Promise<void> {
  await scene.play({ holds: ['/plain'] })
  const plain = await overdueOf(overdue(await client(undefined), scene.url('/plain')))
  const { send } = await client(credential())
  await send(scene.url('/warm-up'))
  await scene.play({ accepts: [tokenOf(2)], holds: [TOKEN_PATH] })
  const left = overdue({ send }, scene.url('/left'))
  const stayed = later(send(scene.url('/stayed')))
  assertText(await overdueOf(left), plain, 'the error of a request whose time is up')
  await scene.waitForArrivals(TOKEN_PATH, 2)
  await scene.release(TOKEN_PATH)
  expectAnswer(await stayed, '200 welcome', 'the request of the other caller')
  await expectTokenCalls(scene, 2, 'a caller whose time was up')
}

function overdue({ send }: Pick<Client, 'send'>, url: string): Promise<unknown> {
  return later(send(url, { timeoutMs: TIME_LIMIT_MS }))
}

async function overdueOf(request: Promise<unknown>): Promise<string> {
  const { name, code } = Object(await rejectionOf(request, 'a request whose time is up')) as Record<string, unknown>
  return [name, code].map(String).join(' ')
}

async function hooks({ scene, credential, client }: World): Promise<void> {
  const refused = { status: 401 }
  await scene.play({
    accepts: [tokenOf(2)],
    answers: { '/plain': {}, '/plainly-refused': refused, '/refused': refused },
  })
  const plain = await calledHooks(client, undefined, [scene.url('/plain'), scene.url('/plainly-refused')])
  const ours = await calledHooks(client, credential(), [scene.url('/things'), scene.url('/refused')])
  assert(plain.length > 3, 'makeClient must call the hooks, or name "hooks" in "cannot"')
  assertText(ours.join(', '), plain.join(', '), 'the hooks of the caller, as without the plugin')
}

async function calledHooks(
  client: World['client'],
  source: CredentialSource | undefined,
  urls: readonly string[],
): Promise<string[]> {
  const calls: string[] = []
  const { send } = await client(source, {
    hooks: {
      onRequest: () => void calls.push('request'),
      onAnswer: (status) => void calls.push(`answer ${status}`),
    },
  })
  for (const url of urls) await send(url)
  return calls
}

async function detached({ scene, credential, client }: World): Promise<void> {
  const before = describeMembers((await client(undefined)).instance)
  const { send, detach, instance } = await client(credential())
  await send(scene.url('/attached'))
  detach()
  await send(scene.url('/detached'))
  const [, ours] = await arrivalsAt(scene)
  assert(ours?.headers.authorization === undefined, 'a detached client must send no credential')
  assertText(describeMembers(instance), before, 'the members of the client after detach, as before')
}

/** Every own member, in order; of functions the source text. */
function describeMembers(value: unknown, seen: Set<unknown> = new Set()): string {
  const isFunction = typeof value === 'function'
  if (!isFunction && (typeof value !== 'object' || value === null)) return String(value)
  if (seen.has(value)) return 'seen'
  seen.add(value)
  const members = Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, { enumerable }]) => enumerable || !isFunction)
    .map(([key, member]) => `${key}: ${describeMembers(member.value, seen)}`)
  return `${isFunction ? String(value) : ''}{ ${members.join(', ')} }`
}

/** More than any client takes before it sends. */
const MANY_TURNS = 1000

async function sameTurn({ scene, credential, client }: World): Promise<void> {
  const fresh = credential()
  await fresh.getToken()
  const [plain, ours] = [
    await turnsUntilSent({ scene, client }, undefined),
    await turnsUntilSent({ scene, client }, fresh),
  ]
  assert(plain < MANY_TURNS, 'makeClient must call onSend, or name "interception" in "cannot"')
  assert(
    ours === plain,
    `with a fresh token nothing must be awaited: sent after ${ours} turns, without the plugin ${plain}`,
  )
}

/** How many microtasks pass before the request is sent. */
async function turnsUntilSent(
  { scene, client }: Pick<World, 'scene' | 'client'>,
  source: CredentialSource | undefined,
): Promise<number> {
  let isSent = false
  const onSend = () => {
    isSent = true
  }
  const { send } = await client(source, { onSend })
  const answer = send(scene.url('/turn'))
  let turns = 0
  for (; !isSent && turns < MANY_TURNS; turns += 1) await undefined
  await answer
  return turns
}

async function waits({ scene, credential, client }: World): Promise<void> {
  await scene.play({ holds: [TOKEN_PATH] })
  const { send } = await client(credential())
  const answer = later(send(scene.url('/things')))
  await scene.waitForArrivals(TOKEN_PATH, 1)
  assert((await arrivalsAt(scene)).length === 0, 'without a token nothing must be sent yet')
  await scene.release(TOKEN_PATH)
  expectAnswer(await assertSettles(answer, 'the request must go on with its token'), '200 welcome', 'the request')
}

async function fails({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential({ needsSignIn: true }))
  const error = await rejectionOf(send(scene.url('/things')), 'a credential that fails')
  expectCode(error, ['not_signed_in'], 'a request whose credential fails')
  assert((await arrivalsAt(scene)).length === 0, 'nothing must be sent because a credential failed')
}

async function failsToRenew({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  await send(scene.url('/warm-up'))
  await scene.play({ accepts: [], answers: { [TOKEN_PATH]: { status: 400 } } })
  const error = await rejectionOf(send(scene.url('/things')), 'a credential that fails to renew')
  expectCode(error, ['client_rejected'], 'a request whose token cannot be renewed')
  assert((await arrivalsAt(scene, '/things')).length === 1, 'nothing must be sent again because a credential failed')
}
