import { createApiKeyCredential } from '@valetkey/core'
import { assert } from '../store-contract/assert.ts'
import { CARRIER_NAMES, CARRIERS, type Carrier } from './carrier.ts'
import { expectAnswer, expectTokenCalls, expectTokens, later } from './expect.ts'
import { needsOf } from './origin-cases.ts'
import { tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import type { World } from './world.ts'

/** C3, C4 and C6: what becomes of a refused request. */
export const RENEWAL_CASES: readonly ClientCase[] = [
  { name: 'C3: a late 401 resends with the newer token and calls the token endpoint no second time', run: late },
  { name: 'C3: twenty requests at once get their first token by one token call', run: firstTogether },
  { name: 'C3: twenty refusals at once cost one token call', run: refusedTogether },
  ...CARRIERS.map(
    (carrier): ClientCase => ({
      name: `C4: a refused request is sent once more with a new token: ${CARRIER_NAMES[carrier]}`,
      needs: needsOf(carrier),
      run: (world) => resent(world, carrier),
    }),
  ),
  { name: 'C4: a second refusal is the caller’s to read', run: refusedTwice },
  { name: 'C4: every request has its own resend', run: everyRequest },
  { name: 'C4: replay: false sends nothing again, and the next request has a new token', run: noReplay },
  { name: 'C4: a try of the client itself does not use up the resend', needs: ['retries'], run: retryBefore },
  { name: 'C4: the resend uses up no try of the client itself', needs: ['retries'], run: retryAfter },
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

async function resent({ scene, credential, client }: World, carrier: Carrier): Promise<void> {
  await scene.play({ accepts: [tokenOf(2)] })
  const { send } = await client(credential({ carrier }))
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
