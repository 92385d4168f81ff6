import { findLeaks } from '../find-leaks.ts'
import { assert, assertText } from '../store-contract/assert.ts'
import { CARRIER_NAMES, CARRIERS, type Carrier } from './carrier.ts'
import { rejectionOf } from './expect.ts'
import { needsOf } from './origin-cases.ts'
import { tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import type { World } from './world.ts'

/** C15: where the secret must not show. */
export const SECRET_CASES: readonly ClientCase[] = CARRIERS.flatMap((carrier): ClientCase[] => [
  {
    name: `C15: no answer shows the secret, accepted or refused: ${CARRIER_NAMES[carrier]}`,
    needs: needsOf(carrier),
    run: (world) => answers(world, carrier),
  },
  {
    name: `C15: nor does one after a redirect: ${CARRIER_NAMES[carrier]}`,
    needs: [...needsOf(carrier), 'redirects'],
    run: (world) => redirected(world, carrier),
  },
  {
    name: `C15: no error of the network shows it: ${CARRIER_NAMES[carrier]}`,
    needs: needsOf(carrier),
    run: (world) => networkError(world, carrier),
  },
])

async function answers(world: World, carrier: Carrier): Promise<void> {
  const { scene, credential, client } = world
  await scene.play({ accepts: [tokenOf(2)], answers: { '/refused': { status: 401 } } })
  const seen: unknown[] = []
  const see = (...shown: readonly unknown[]) => void seen.push(shown)
  const hooks = { onRequest: see, onAnswer: see }
  const { send } = await client(credential({ carrier }), { hooks })
  for (const path of ['/things?a=b', '/refused?a=b']) {
    const { url, shown } = await send(scene.url(path), { method: 'POST', body: 'litres=5' })
    assertText(url || scene.url(path), scene.url(path), 'the URL of the answer')
    expectNoLeak(world, shown, 'an answer')
  }
  expectNoLeak(world, seen, 'what the hooks of the caller see')
}

async function redirected(world: World, carrier: Carrier): Promise<void> {
  const { scene, credential, client } = world
  await scene.play({ answers: { '/start': { status: 302, headers: { location: scene.otherUrl('/end') } } } })
  const { send } = await client(credential({ carrier, origins: scene.origins }))
  const { url, shown } = await send(scene.url('/start'))
  expectNoLeak(world, [url, shown], 'an answer after a redirect')
}

async function networkError(world: World, carrier: Carrier): Promise<void> {
  const { scene, credential, client } = world
  await scene.play({ answers: { '/things': { ends: 'at once' } } })
  const { send } = await client(credential({ carrier }))
  const error = await rejectionOf(send(scene.url('/things')), 'a connection that is cut')
  expectNoLeak(world, error, 'an error of the network')
}

function expectNoLeak({ options: { inspect } }: World, shown: unknown, what: string): void {
  const leaks = findLeaks(shown, [tokenOf(1), tokenOf(2)], inspect)
  assert(leaks.length === 0, `${what} must not show the secret, which is at ${leaks.slice(0, 5).join(', ')}`)
}
