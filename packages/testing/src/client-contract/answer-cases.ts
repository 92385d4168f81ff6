import { assert, assertSettles } from '../store-contract/assert.ts'
import { expectAnswer, expectTokenCalls, expectTokens, later } from './expect.ts'
import { TOKEN_PATH, tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import type { World } from './world.ts'

/** C8, C9, C11 and C12: what an answer means, and what happens to one that the caller does not read. */
export const ANSWER_CASES: readonly ClientCase[] = [
  { name: 'C8: a refusal that the caller does not read is read to its end or cancelled', run: bigRefusal },
  { name: 'C8: also one that has no end', needs: ['streamedAnswers'], run: endlessRefusal },
  { name: 'C8: also when the refresh fails', needs: ['streamedAnswers'], run: endlessThenFailure },
  {
    name: 'C9: a 401 of another origin, after a redirect, renews nothing',
    needs: ['answerUrls'],
    run: foreignRefusal,
  },
  { name: 'C9: a 401 of another origin that the credential covers does', needs: ['redirects'], run: coveredRefusal },
  {
    name: 'C11: the vendor says what a refusal is, by what an answer holds',
    run: (world) => vendorsWord(world, false),
  },
  {
    name: 'C11: also where the caller reads the answer as a stream, which is given on whole',
    needs: ['streamedAnswers'],
    run: (world) => vendorsWord(world, true),
  },
  ...['application/x-ndjson', 'multipart/mixed; boundary=-', 'application/octet-stream', 'text/event-stream'].map(
    (type): ClientCase => ({
      name: `C11: an answer that may be a stream is not held back for the vendor: ${type.split(';')[0]}`,
      needs: ['streamedAnswers'],
      run: (world) => handedOver(world, { 'content-type': type }),
    }),
  ),
  {
    name: 'C11: nor is a download',
    needs: ['streamedAnswers'],
    run: (world) => handedOver(world, { ...JSON_TYPE, 'content-disposition': 'attachment; filename="a.json"' }),
  },
  {
    name: 'C11: nor is JSON whose end is not there within a second',
    needs: ['streamedAnswers'],
    run: (world) => handedOver(world, JSON_TYPE),
  },
  { name: 'C11: a 403 is not a refusal', run: forbidden },
  { name: 'C11: a 401 for insufficient scope is not a refusal', run: (world) => insufficientScope(world, 401) },
  {
    name: 'C11: nor is such a 403; both tell which scopes are required',
    run: (world) => insufficientScope(world, 403),
  },
  {
    name: 'C12: an API that refuses every token costs two refreshes, then one a minute until it accepts one',
    run: strikes,
  },
  {
    name: 'C12: an endpoint that refuses every token costs few token calls while others accept it, and a revocation renews at once',
    run: badEndpoint,
  },
  {
    name: 'C12: each token that was accepted and then revoked is replaced, also for requests that cannot be replayed',
    run: revocations,
  },
]

const JSON_TYPE = { 'content-type': 'application/json' }

/** 16 MB: more than the buffers of two sockets hold. */
const BIG = { body: 'x'.repeat(1024), times: 16 * 1024 }

async function bigRefusal(world: World): Promise<void> {
  const { scene, credential, client } = world
  await scene.play({ answers: { '/things': [{ status: 401, ...BIG }, { body: 'welcome' }] } })
  const { send } = await client(credential())
  expectAnswer(await send(scene.url('/things')), '200 welcome', 'a refused request')
  await expectEnd(world)
}

async function endlessRefusal(world: World): Promise<void> {
  const { scene, credential, client } = world
  await scene.play({ answers: { '/things': [{ status: 401, body: 'refused', ends: 'never' }, { body: 'welcome' }] } })
  const { send } = await client(credential())
  expectAnswer(await send(scene.url('/things'), { isStreamed: true }), '200 welcome', 'a refused request')
  await expectEnd(world)
}

async function endlessThenFailure(world: World): Promise<void> {
  const { scene, credential, client } = world
  const { send } = await client(credential())
  await send(scene.url('/warm-up'))
  const refusal = { status: 401, body: 'refused', ends: 'never' } as const
  await scene.play({ answers: { '/things': [refusal], [TOKEN_PATH]: { status: 400 } } })
  await send(scene.url('/things'), { isStreamed: true }).catch(() => {})
  await expectEnd(world)
}

async function expectEnd({ scene }: World): Promise<void> {
  await assertSettles(
    scene.waitForEnd('/things'),
    'the connection of an answer that the caller does not read must be freed',
  )
}

async function foreignRefusal({ scene, credential, client }: World): Promise<void> {
  const location = scene.otherUrl('/login')
  const login = { status: 401, body: 'who are you?' }
  await scene.play({ answers: { '/things': { status: 302, headers: { location } }, '/login': login } })
  const { send } = await client(credential())
  expectAnswer(await send(scene.url('/things')), '401 who are you?', 'the 401 of another origin')
  await expectTokens(scene, [tokenOf(1)], '/things')
  await expectTokenCalls(scene, 1, 'the 401 of another origin')
}

async function coveredRefusal({ scene, credential, client }: World): Promise<void> {
  const location = scene.otherUrl('/moved')
  await scene.play({ accepts: [tokenOf(2)], answers: { '/things': { status: 307, headers: { location } } } })
  const { send } = await client(credential({ origins: scene.origins }))
  expectAnswer(await send(scene.url('/things')), '200 welcome', 'a request that was refused after a redirect')
  await expectTokens(scene, [tokenOf(1), tokenOf(2)], '/moved')
}

async function vendorsWord({ scene, credential, client }: World, isStreamed: boolean): Promise<void> {
  const answers = ['{"code":401}', '{"code":0}'].map((body) => ({ headers: JSON_TYPE, body }))
  await scene.play({ answers: { '/things': answers } })
  const refuses = async (view: { json(): Promise<unknown> }) => JSON.stringify(await view.json()) === '{"code":401}'
  const { send } = await client(credential({ refuses }))
  const answer = await send(scene.url('/things'), { isStreamed })
  expectAnswer(answer, '200 {"code":0}', 'a request that is refused with status 200')
  await expectTokens(scene, [tokenOf(1), tokenOf(2)])
}

async function handedOver({ scene, credential, client }: World, headers: Record<string, string>): Promise<void> {
  await scene.play({ answers: { '/stream': { headers, body: '{"code":', ends: 'never' } } })
  let judge: (json: unknown) => void = () => {}
  const judged = new Promise<unknown>((resolve) => {
    judge = resolve
  })
  const refuses = async (view: { json(): Promise<unknown> }) => {
    judge(await view.json())
    return false
  }
  const { send } = await client(credential({ refuses }))
  const leaving = new AbortController()
  const answer = later(send(scene.url('/stream'), { isStreamed: true, signal: leaving.signal }))
  const json = await assertSettles(judged, 'an answer that has not ended must not be held back until it has')
  assert(json === undefined, 'an answer that has not ended is not valid JSON')
  leaving.abort(new Error('seen enough'))
  await answer.catch(() => {})
}

async function forbidden({ scene, credential, client }: World): Promise<void> {
  await scene.play({ answers: { '/things': { status: 403, body: 'not yours' } } })
  const { send } = await client(credential())
  expectAnswer(await send(scene.url('/things')), '403 not yours', 'a 403')
  await expectTokens(scene, [tokenOf(1)])
  await expectTokenCalls(scene, 1, 'a 403')
}

async function insufficientScope({ scene, credential, client }: World, status: number): Promise<void> {
  const headers = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="things:read things:write"' }
  await scene.play({ answers: { '/things': { status, headers, body: 'more scope' } } })
  const used = credential()
  const required: string[] = []
  used.on('scope_required', ({ scopes }) => required.push(...scopes))
  const { send } = await client(used)
  expectAnswer(await send(scene.url('/things')), `${status} more scope`, 'an answer for insufficient scope')
  await expectTokens(scene, [tokenOf(1)])
  await expectTokenCalls(scene, 1, 'an answer for insufficient scope')
  assert(required.join(' ') === 'things:read things:write', 'the event scope_required must tell the scopes')
}

const MINUTE_MS = 60_000

async function strikes({ scene, clock, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  const sendFour = async () => {
    for (let count = 0; count < 4; count += 1) await send(scene.url('/things'))
  }
  await scene.play({ accepts: [] })
  await sendFour()
  await expectTokenCalls(scene, 3, 'an API that refuses every token')
  await clock.advance(MINUTE_MS)
  await sendFour()
  await expectTokenCalls(scene, 4, 'the same, a minute later')
  await clock.advance(MINUTE_MS)
  await scene.play({ accepts: [tokenOf(5)] })
  const { status } = await send(scene.url('/things'))
  assert(status === 200, 'the probe that is accepted must be sent')
  await scene.play({ accepts: [tokenOf(6)] })
  expectAnswer(await send(scene.url('/things')), '200 welcome', 'a refusal after a request was accepted')
}

async function badEndpoint({ scene, clock, credential, client }: World): Promise<void> {
  const bad = { '/bad': { status: 401, body: 'never' } }
  const { send } = await client(credential())
  const sendAll = async () => {
    for (let count = 0; count < 5; count += 1) {
      expectAnswer(await send(scene.url('/bad')), '401 never', 'an endpoint that refuses every token')
      expectAnswer(await send(scene.url('/good')), '200 welcome', 'another endpoint')
    }
  }
  await scene.play({ answers: bad })
  await sendAll()
  const { tokenCalls: atOnce } = await scene.log()
  assert(atOnce <= 3, `an endpoint that refuses every token: expected no more than 3 token calls, got ${atOnce}`)
  await clock.advance(MINUTE_MS)
  await sendAll()
  const { tokenCalls } = await scene.log()
  assert(tokenCalls <= atOnce + 2, `the same, a minute later: expected no more than 2, got ${tokenCalls - atOnce}`)
  await scene.play({ accepts: [tokenOf(tokenCalls + 1)], answers: bad })
  expectAnswer(await send(scene.url('/good')), '200 welcome', 'a request after the token was revoked')
}

async function revocations({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential(), { replay: false })
  for (let count = 1; count <= 5; count += 1) {
    await scene.play({ accepts: [tokenOf(count)] })
    if (count > 1) await send(scene.url('/things'))
    expectAnswer(await send(scene.url('/things')), '200 welcome', 'the next request after a refusal')
  }
  await expectTokenCalls(scene, 5, 'four revocations')
}
