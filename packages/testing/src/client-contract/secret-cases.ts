import { findLeaks } from '../find-leaks.ts'
import { assert, assertText } from '../store-contract/assert.ts'
import { rejectionOf } from './expect.ts'
import { needsOf } from './origin-cases.ts'
import { tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import { TOKEN_PLACE_NAMES, TOKEN_PLACES, type TokenPlace } from './token-place.ts'
import type { World } from './world.ts'

/** C15: where the secret must not show. */
export const SECRET_CASES: readonly ClientCase[] = TOKEN_PLACES.flatMap((tokenPlace): ClientCase[] => [
  {
    name: `C15: no answer shows the secret, accepted or refused: ${TOKEN_PLACE_NAMES[tokenPlace]}`,
    needs: needsOf(tokenPlace),
    run: (world) => answers(world, tokenPlace),
  },
  {
    name: `C15: nor does one after a redirect: ${TOKEN_PLACE_NAMES[tokenPlace]}`,
    needs: [...needsOf(tokenPlace), 'redirects'],
    run: (world) => redirected(world, tokenPlace),
  },
  {
    name: `C15: no error of the network shows it: ${TOKEN_PLACE_NAMES[tokenPlace]}`,
    needs: needsOf(tokenPlace),
    run: (world) => networkError(world, tokenPlace),
  },
])

async function answers(world: World, tokenPlace: TokenPlace): Promise<void> {
  const { scene, credential, client } = world
  await scene.play({ accepts: [tokenOf(2)], answers: { '/refused': { status: 401 } } })
  const seen: unknown[] = []
  const see = (...shown: readonly unknown[]) => void seen.push(shown)
  const hooks = { onRequest: see, onAnswer: see }
  const { send } = await client(credential({ tokenPlace }), { hooks })
  for (const path of ['/things?a=b', '/refused?a=b']) {
    const { url, shown } = await send(scene.url(path), { method: 'POST', body: 'litres=5' })
    assertText(url || scene.url(path), scene.url(path), 'the URL of the answer')
    expectNoLeak(world, shown, 'an answer')
  }
  expectNoLeak(world, seen, 'what the hooks of the caller see')
}

async function redirected(world: World, tokenPlace: TokenPlace): Promise<void> {
  const { scene, credential, client } = world
  await scene.play({ answers: { '/start': { status: 302, headers: { location: scene.otherUrl('/end') } } } })
  const { send } = await client(credential({ tokenPlace, origins: scene.origins }))
  const { url, shown } = await send(scene.url('/start'))
  expectNoLeak(world, [url, shown], 'an answer after a redirect')
}

async function networkError(world: World, tokenPlace: TokenPlace): Promise<void> {
  const { scene, credential, client } = world
  await scene.play({ answers: { '/things': { ends: 'at once' } } })
  const { send } = await client(credential({ tokenPlace }))
  const error = await rejectionOf(send(scene.url('/things')), 'a connection that is cut')
  expectNoLeak(world, error, 'an error of the network')
}

function expectNoLeak({ options: { inspect } }: World, shown: unknown, what: string): void {
  const leaks = findLeaks(shown, [tokenOf(1), tokenOf(2)], inspect)
  assert(leaks.length === 0, `${what} must not show the secret, which is at ${leaks.slice(0, 5).join(', ')}`)
}
