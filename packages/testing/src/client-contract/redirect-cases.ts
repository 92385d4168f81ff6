import { assertText } from '../store-contract/assert.ts'
import { CARRIER_NAMES, CARRIERS, type Carrier, carriedBy, pathOf } from './carrier.ts'
import { arrivalsAt, expectAnswer, expectCode, expectTokens, rejectionOf } from './expect.ts'
import { needsOf } from './origin-cases.ts'
import { type Arrival, tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import type { World } from './world.ts'

const STATUSES = [301, 302, 303, 307, 308]

/** C10: where a credential goes along redirects. */
export const REDIRECT_CASES: readonly ClientCase[] = [
  ...CARRIERS.flatMap((carrier) => (carrier === 'authorization' ? casesOf(carrier) : guarded(carrier))),
  {
    name: 'C10: a key that redirects would carry away is refused, and nothing is sent',
    without: 'otherHeaders',
    run: refusedKey,
  },
]

function casesOf(carrier: Carrier): ClientCase[] {
  const where = CARRIER_NAMES[carrier]
  return [
    {
      name: `C10: a redirect to another origin takes no credential along: ${where}`,
      run: (world) => elsewhere(world, carrier),
    },
    {
      name: `C10: one to another origin that the credential covers takes it along: ${where}`,
      needs: ['redirects'],
      run: (world) => covered(world, carrier),
    },
    {
      name: `C10: redirects are followed as without the plugin: ${where}`,
      run: (world) => alike(world, carrier),
    },
  ]
}

/** Of Authorization every platform takes care itself. */
function guarded(carrier: Carrier): ClientCase[] {
  const needs = needsOf(carrier)
  return [
    ...casesOf(carrier).map((it): ClientCase => ({ ...it, needs: [...needs, 'redirects'] })),
    {
      name: `C10: where redirects are not shown, none takes the credential along: ${CARRIER_NAMES[carrier]}`,
      needs,
      without: 'redirects',
      run: (world) => unseen(world, carrier),
    },
  ]
}

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

/** Either the redirect is refused, or the platform takes nothing along. */
async function unseen({ scene, credential, client }: World, carrier: Carrier): Promise<void> {
  await redirectTo(scene.otherUrl('/end'), 307, scene)
  const { send } = await client(credential({ carrier }))
  const error: unknown = await send(scene.url('/start'), POST).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error !== undefined) expectCode(error, ['redirect_refused'], 'a redirect that nobody can look at')
  await expectTokens(scene, [tokenOf(1)], '/start')
  await expectTokens(scene, error === undefined ? [''] : [], '/end')
}

async function refusedKey({ scene, credential, client }: World): Promise<void> {
  const request = client(credential({ carrier: 'x-api-key' })).then(({ send }) => send(scene.url('/start')))
  const error = await rejectionOf(request, 'a key that redirects would carry away')
  expectCode(error, ['invalid_option', 'redirect_refused'], 'a key that redirects would carry away')
  await expectTokens(scene, [])
}

function redirectTo(location: string, status: number, scene: World['scene']): Promise<void> {
  return scene.play({ answers: { '/start': { status, headers: { location } }, '/end': { body: 'arrived' } } })
}
