import { assertText } from '../store-contract/assert.ts'
import { arrivalsAt, expectAnswer, expectCode, expectTokens, rejectionOf } from './expect.ts'
import { needsOf } from './origin-cases.ts'
import { type Arrival, tokenOf } from './protocol.ts'
import type { ClientCase, ClientContractOptions } from './subject.ts'
import { carriedBy, pathOf, TOKEN_PLACE_NAMES, TOKEN_PLACES, type TokenPlace } from './token-place.ts'
import type { World } from './world.ts'

const STATUSES = [301, 302, 303, 307, 308]

/** C4 and C10: what is replayed after redirects, and where a credential goes along them. */
export const REDIRECT_CASES: readonly ClientCase[] = [
  {
    name: 'C4: what took effect is not repeated: of a POST that led to a refused GET the GET is replayed',
    needs: ['redirects'],
    run: (world) => replaysHop(world, [301, 302, 303], () => POST.body, 'POST /start, GET /end, GET /end'),
  },
  {
    name: 'C4: also when the body of the POST could be read once',
    needs: ['redirects', 'streams'],
    run: (world) => replaysHop(world, [303], oneShotBody(world.options), 'POST /start, GET /end, GET /end'),
  },
  {
    name: 'C4: what keeps its method along a redirect is replayed where it was refused, with its body',
    needs: ['redirects'],
    run: (world) =>
      replaysHop(world, [307, 308], () => POST.body, `POST /start, POST /end ${POST.body}, POST /end ${POST.body}`),
  },
  {
    name: 'C4: a POST that was redirected out of sight is not repeated',
    needs: ['answerUrls'],
    without: 'redirects',
    run: repeatsNothing,
  },
  ...TOKEN_PLACES.flatMap((tokenPlace) => (tokenPlace === 'authorization' ? casesOf(tokenPlace) : guarded(tokenPlace))),
  {
    name: 'C10: a key that redirects would carry away is refused, and nothing is sent',
    without: 'otherHeaders',
    run: refusedKey,
  },
]

function casesOf(tokenPlace: TokenPlace): ClientCase[] {
  const where = TOKEN_PLACE_NAMES[tokenPlace]
  return [
    {
      name: `C10: a redirect to another origin takes no credential along: ${where}`,
      run: (world) => elsewhere(world, tokenPlace),
    },
    {
      name: `C10: one to another origin that the credential covers takes it along: ${where}`,
      needs: ['redirects'],
      run: (world) => covered(world, tokenPlace),
    },
    {
      name: `C10: redirects are followed as without the plugin: ${where}`,
      run: (world) => alike(world, tokenPlace),
    },
  ]
}

/** Of Authorization every platform takes care itself. */
function guarded(tokenPlace: TokenPlace): ClientCase[] {
  const needs = needsOf(tokenPlace)
  return [
    ...casesOf(tokenPlace).map((it): ClientCase => ({ ...it, needs: [...needs, 'redirects'] })),
    {
      name: `C10: where redirects are not shown, none takes the credential along: ${TOKEN_PLACE_NAMES[tokenPlace]}`,
      needs,
      without: 'redirects',
      run: (world) => unseen(world, tokenPlace),
    },
  ]
}

const POST = { method: 'POST', body: 'litres=5' }

async function replaysHop(
  { scene, credential, client }: World,
  statuses: readonly number[],
  makeBody: () => unknown,
  expected: string,
): Promise<void> {
  for (const [index, status] of statuses.entries()) {
    const start = { status, headers: { location: scene.url('/end') } }
    await scene.play({ accepts: [tokenOf(2 * index + 2)], answers: { '/start': start } })
    const { send } = await client(credential())
    const answer = await send(scene.url('/start'), { method: 'POST', body: makeBody() })
    expectAnswer(answer, '200 welcome', `a POST whose ${status} led to a refusal`)
    const arrivals = (await arrivalsAt(scene)).slice(3 * index)
    const seen = arrivals.map(({ method, path, body }) =>
      path === '/end' && body ? `${method} ${path} ${body}` : `${method} ${path}`,
    )
    assertText(seen.join(', '), expected, `the requests of a POST whose ${status} led to a refusal`)
  }
}

function oneShotBody({ oneShotBodies = {} }: ClientContractOptions): () => unknown {
  const [make = (text: string) => new Blob([text]).stream()] = Object.values(oneShotBodies)
  return () => make(POST.body)
}

/** The plugin cannot know whether the redirect changed the method to GET. */
async function repeatsNothing({ scene, credential, client }: World): Promise<void> {
  const start = { status: 303, headers: { location: scene.url('/end') } }
  await scene.play({ accepts: [tokenOf(2)], answers: { '/start': start } })
  const { send } = await client(credential())
  expectAnswer(await send(scene.url('/start'), POST), '401 refused', 'a POST whose 303 led to a refusal')
  await expectTokens(scene, [tokenOf(1)], '/start')
}

async function elsewhere({ scene, credential, client }: World, tokenPlace: TokenPlace): Promise<void> {
  await redirectTo(scene.otherUrl('/end'), 307, scene)
  const { send } = await client(credential({ tokenPlace }))
  expectAnswer(await send(scene.url('/start'), POST), '200 arrived', 'a request that was redirected')
  await expectTokens(scene, [tokenOf(1)], '/start')
  await expectTokens(scene, [''], '/end')
}

async function covered({ scene, credential, client }: World, tokenPlace: TokenPlace): Promise<void> {
  await redirectTo(scene.otherUrl('/end'), 307, scene)
  const { send } = await client(credential({ tokenPlace, origins: scene.origins }))
  expectAnswer(await send(scene.url('/start'), POST), '200 arrived', 'a request that was redirected')
  const [, end] = await arrivalsAt(scene)
  assertText(end && `${carriedBy(end)} ${end.body}`, `${tokenOf(1)} ${POST.body}`, 'what came to the other origin')
}

async function alike({ scene, credential, client }: World, tokenPlace: TokenPlace): Promise<void> {
  const [plain, ours] = [await client(undefined), await client(credential({ tokenPlace }))]
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
async function unseen({ scene, credential, client }: World, tokenPlace: TokenPlace): Promise<void> {
  await redirectTo(scene.otherUrl('/end'), 307, scene)
  const { send } = await client(credential({ tokenPlace }))
  const error: unknown = await send(scene.url('/start'), POST).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error !== undefined) expectCode(error, ['redirect_refused'], 'a redirect that the plugin cannot read')
  await expectTokens(scene, [tokenOf(1)], '/start')
  await expectTokens(scene, error === undefined ? [''] : [], '/end')
}

async function refusedKey({ scene, credential, client }: World): Promise<void> {
  const request = client(credential({ tokenPlace: 'x-api-key' })).then(({ send }) => send(scene.url('/start')))
  const error = await rejectionOf(request, 'a key that redirects would carry away')
  expectCode(error, ['invalid_option', 'redirect_refused'], 'a key that redirects would carry away')
  await expectTokens(scene, [])
}

function redirectTo(location: string, status: number, scene: World['scene']): Promise<void> {
  return scene.play({ answers: { '/start': { status, headers: { location } }, '/end': { body: 'arrived' } } })
}
