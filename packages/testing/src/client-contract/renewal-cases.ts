import { createApiKeyCredential } from '@valetkey/core'
import { assert, assertSettles } from '../store-contract/assert.ts'
import { expectAnswer, expectTokenCalls, expectTokens, later, rejectionOf } from './expect.ts'
import { needsOf } from './origin-cases.ts'
import { tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import { TOKEN_PLACE_NAMES, TOKEN_PLACES, type TokenPlace } from './token-place.ts'
import type { World } from './world.ts'

/** C3, C4 and C6: what becomes of a refused request. */
export const RENEWAL_CASES: readonly ClientCase[] = [
  {
    name: 'C3: a request with a late 401 is replayed with the newer token and calls the token endpoint no second time',
    run: late,
  },
  { name: 'C3: twenty requests at once get their first token by one token call', run: firstTogether },
  { name: 'C3: twenty refusals at once cost one token call', run: refusedTogether },
  ...TOKEN_PLACES.map(
    (tokenPlace): ClientCase => ({
      name: `C4: a refused request is replayed with a new token: ${TOKEN_PLACE_NAMES[tokenPlace]}`,
      needs: needsOf(tokenPlace),
      run: (world) => replayed(world, tokenPlace),
    }),
  ),
  { name: 'C4: the caller gets the second refusal', run: refusedTwice },
  { name: 'C4: every request has its own replay', run: everyRequest },
  { name: 'C4: replay: false sends nothing again, and the next request has a new token', run: noReplay },
  {
    name: 'C4: a token that the API may not know yet is sent again when it is three seconds old, and not renewed',
    run: notKnownYet,
  },
  { name: 'C4: if it is refused again, the token is renewed and the request replayed', run: neverKnown },
  { name: 'C4: replay: false waits for no API, and sends nothing again', run: youngNoReplay },
  { name: 'C4: a caller that aborts meanwhile stops waiting immediately', run: leaveYoung },
  { name: 'C4: a try of the client itself does not use up the replay', needs: ['retries'], run: retryBefore },
  { name: 'C4: the replay uses up no try of the client itself', needs: ['retries'], run: retryAfter },
  { name: 'C6: without a newer authorization the refusal is the answer, and nothing is sent again', run: nothingNewer },
]

const TOGETHER = 20

async function late({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  await send(scene.url('/warm-up'))
  await scene.play({ accepts: [tokenOf(2)], holds: ['/late'] })
  const held = later(send(scene.url('/late')))
  await scene.waitForArrivals('/late', 1)
  expectAnswer(await send(scene.url('/early')), '200 welcome', 'a refused request')
  await scene.release('/late')
  expectAnswer(await held, '200 welcome', 'a request whose refusal comes late')
  await expectTokens(scene, [tokenOf(1), tokenOf(2)], '/late')
  await expectTokenCalls(scene, 2, 'a refusal of a token that is not the current one any more')
}

async function firstTogether(world: World): Promise<void> {
  await sendTogether(world)
  await expectTokenCalls(world.scene, 1, 'requests at once, without a token')
}

async function refusedTogether(world: World): Promise<void> {
  await world.scene.play({ accepts: [tokenOf(2)] })
  await sendTogether(world)
  await expectTokenCalls(world.scene, 2, 'requests at once, all refused')
}

async function sendTogether({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  const answers = await Promise.all(Array.from({ length: TOGETHER }, () => send(scene.url('/together'))))
  for (const answer of answers) expectAnswer(answer, '200 welcome', 'one of many requests')
}

async function replayed({ scene, credential, client }: World, tokenPlace: TokenPlace): Promise<void> {
  await scene.play({ accepts: [tokenOf(2)] })
  const { send } = await client(credential({ tokenPlace }))
  const answer = await send(scene.url('/things?a=b'), { method: 'POST', body: 'litres=5' })
  expectAnswer(answer, '200 welcome', 'a refused request')
  await expectTokens(scene, [tokenOf(1), tokenOf(2)])
}

async function refusedTwice({ scene, credential, client }: World): Promise<void> {
  await scene.play({ accepts: [] })
  const { send } = await client(credential())
  expectAnswer(await send(scene.url('/things')), '401 refused', 'a request that is refused twice')
  await expectTokens(scene, [tokenOf(1), tokenOf(2)])
}

async function everyRequest({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  for (const accepted of [2, 3]) {
    await scene.play({ accepts: [tokenOf(accepted)] })
    expectAnswer(await send(scene.url('/things')), '200 welcome', 'a refused request, after another one')
  }
}

async function noReplay({ scene, credential, client }: World): Promise<void> {
  await scene.play({ accepts: [tokenOf(2)] })
  const { send } = await client(credential(), { replay: false })
  expectAnswer(await send(scene.url('/things')), '401 refused', 'a refused request, with replay: false')
  expectAnswer(await send(scene.url('/things')), '200 welcome', 'the next request')
  await expectTokens(scene, [tokenOf(1), tokenOf(2)])
}

async function retryBefore({ scene, credential, client }: World): Promise<void> {
  await scene.play({ accepts: [tokenOf(2)], answers: { '/things': [{ status: 503 }] } })
  const { send } = await client(credential(), { retries: 1 })
  expectAnswer(await send(scene.url('/things')), '200 welcome', 'a request that was tried again, then refused')
  await expectTokens(scene, [tokenOf(1), tokenOf(1), tokenOf(2)])
}

async function retryAfter({ scene, credential, client }: World): Promise<void> {
  await scene.play({ answers: { '/things': [{ status: 401 }, { status: 503 }] } })
  const { send } = await client(credential(), { retries: 1 })
  expectAnswer(await send(scene.url('/things')), '200 welcome', 'a request that was refused, then tried again')
  await expectTokens(scene, [tokenOf(1), tokenOf(2), tokenOf(2)])
}

async function nothingNewer({ scene, client }: World): Promise<void> {
  const origins = [scene.origins[0]]
  const key = createApiKeyCredential({ vendor: 'acme', origins, apiKey: 'the-key', allowInsecureRequests: true })
  const { send } = await client(key)
  const { status } = await send(scene.url('/things'))
  assert(status === 401, 'a refusal that nothing newer answers is the caller’s to read')
  await expectTokens(scene, ['the-key'])
}

/** Servers of an API that share their tokens know one that is so old. */
const KNOWN_MS = 3_000

/** Resolves when the request waits for the API to learn of its token, with the ms that it waits; 0 for one that does not. */
function waited(clock: World['clock'], answer: Promise<unknown>): Promise<number> {
  const ended = answer.then(
    () => 0,
    () => 0,
  )
  return Promise.race([ended, clock.waitForSleep(KNOWN_MS)])
}

async function notKnownYet({ scene, clock, credential, client }: World): Promise<void> {
  await scene.play({ answers: { '/things': [{ status: 401 }] } })
  const { send } = await client(credential({ hasYoungTokens: true }))
  await send(scene.url('/warm-up'))
  const answer = later(send(scene.url('/things')))
  await clock.advance(await waited(clock, answer))
  expectAnswer(await answer, '200 welcome', 'a request whose token the API did not know yet')
  await expectTokens(scene, [tokenOf(1), tokenOf(1)], '/things')
  await expectTokenCalls(scene, 1, 'a token that the API did not know yet')
}

async function neverKnown({ scene, clock, credential, client }: World): Promise<void> {
  const { send } = await client(credential({ hasYoungTokens: true }))
  await send(scene.url('/warm-up'))
  await scene.play({ accepts: [tokenOf(2)] })
  const answer = later(send(scene.url('/things')))
  await clock.advance(await waited(clock, answer))
  expectAnswer(await answer, '200 welcome', 'a request whose new token is revoked')
  await expectTokens(scene, [tokenOf(1), tokenOf(1), tokenOf(2)], '/things')
}

async function youngNoReplay({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential({ hasYoungTokens: true }), { replay: false })
  await scene.play({ accepts: [tokenOf(2)] })
  const answer = await assertSettles(send(scene.url('/things')), 'with replay: false no request may wait for the API')
  expectAnswer(answer, '401 refused', 'a refused request with replay: false')
  await expectTokens(scene, [tokenOf(1)], '/things')
}

async function leaveYoung({ scene, clock, credential, client }: World): Promise<void> {
  await scene.play({ answers: { '/things': { status: 401 } } })
  const { send } = await client(credential({ hasYoungTokens: true }))
  await send(scene.url('/warm-up'))
  const leaving = new AbortController()
  const left = later(send(scene.url('/things'), { signal: leaving.signal }))
  await waited(clock, left)
  leaving.abort(new Error('tab closed'))
  await rejectionOf(left, 'a caller who gives up while the API learns of a token')
  await expectTokens(scene, [tokenOf(1)], '/things')
}
