import { assertText } from '../store-contract/assert.ts'
import { CARRIER_NAMES, CARRIERS, type Carrier, carriedBy, pathOf } from './carrier.ts'
import { arrivalsAt, expectAnswer, expectCode, expectTokens, rejectionOf } from './expect.ts'
import { needsOf } from './origin-cases.ts'
import { type Arrival, tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import type { World } from './world.ts'

const STATUSES = [301, 302, 303, 307, 308]

/** C10: where a credential goes along redirects. */
export const REDIRECT_CASES: readonly ClientCase[] = CARRIERS.flatMap((carrier): ClientCase[] => {
  const where = CARRIER_NAMES[carrier]
  const [needs, seen]: NonNullable<ClientCase['needs']>[] = [needsOf(carrier), [...needsOf(carrier), 'redirects']]
  return [
    {
      name: `C10: a redirect to another origin takes no credential along: ${where}`,
      needs: carrier === 'authorization' ? needs : seen,
      run: (world) => elsewhere(world, carrier),
    },
    {
      name: `C10: one to another origin that the credential covers takes it along: ${where}`,
      needs: seen,
      run: (world) => covered(world, carrier),
    },
    {
      name: `C10: redirects are followed as without the plugin: ${where}`,
      needs: carrier === 'authorization' ? needs : seen,
      run: (world) => alike(world, carrier),
    },
    ...(carrier === 'authorization'
      ? []
      : [
          {
            name: `C10: where redirects are not shown, they are refused: ${where}`,
            needs,
            without: 'redirects' as const,
            run: (world: World) => refused(world, carrier),
          },
        ]),
  ]
})

const POST = { method: 'POST', body: 'litres=5' }

async function elsewhere({ scene, credential, client }: World, carrier: Carrier): Promise<void> {
  await redirectTo(scene.otherUrl('/end'), 307, scene)
  const { send } = await client(credential({ carrier }))
  expectAnswer(await send(scene.url('/start'), POST), '200 arrived', 'a request that was redirected')
  await expectTokens(scene, [tokenOf(1)], '/start')
  await expectTokens(scene, [''], '/end')
}

async function covered({ scene, credential, client }: World, carrier: Carrier): Promise<void> {
  await redirectTo(scene.otherUrl('/end'), 307, scene)
  const { send } = await client(credential({ carrier, origins: scene.origins }))
  expectAnswer(await send(scene.url('/start'), POST), '200 arrived', 'a request that was redirected')
  const [, end] = await arrivalsAt(scene)
  assertText(end && `${carriedBy(end)} ${end.body}`, `${tokenOf(1)} ${POST.body}`, 'what came to the other origin')
}

async function alike({ scene, credential, client }: World, carrier: Carrier): Promise<void> {
  const [plain, ours] = [await client(undefined), await client(credential({ carrier }))]
  for (const status of STATUSES) {
    await redirectTo(scene.url('/end'), status, scene)
    for (const { send } of [plain, ours])
      expectAnswer(await send(scene.url('/start'), POST), '200 arrived', `a ${status}`)
    const [of, as] = [(await arrivalsAt(scene)).slice(-4, -2), (await arrivalsAt(scene)).slice(-2)]
    assertText(
      as.map(onTheWire).join(),
      of.map(onTheWire).join(),
      `the requests of a ${status}, without the credential`,
    )
    await expectTokens(
      scene,
      Array(STATUSES.indexOf(status) + 1)
        .fill(['', tokenOf(1)])
        .flat(),
      '/end',
    )
  }
}

function onTheWire(arrival: Arrival): string {
  return JSON.stringify([arrival.method, pathOf(arrival), arrival.headers['content-type'], arrival.body])
}

async function refused({ scene, credential, client }: World, carrier: Carrier): Promise<void> {
  await redirectTo(scene.otherUrl('/end'), 307, scene)
  const error = await rejectionOf(
    client(credential({ carrier })).then(({ send }) => send(scene.url('/start'), POST)),
    'a redirect that nobody can look at',
  )
  expectCode(error, ['redirect_refused'], 'a redirect that nobody can look at')
  await expectTokens(scene, [], '/end')
}

function redirectTo(location: string, status: number, scene: World['scene']): Promise<void> {
  return scene.play({ answers: { '/start': { status, headers: { location } }, '/end': { body: 'arrived' } } })
}
