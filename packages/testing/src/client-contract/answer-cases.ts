import { assert, assertSettles } from '../store-contract/assert.ts'
import { expectAnswer, expectTokenCalls, expectTokens } from './expect.ts'
import { TOKEN_PATH, tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import type { World } from './world.ts'

/** C8, C9, C11 and C12: what an answer means, and what becomes of one that nobody reads. */
export const ANSWER_CASES: readonly ClientCase[] = [
  { name: 'C8: a refusal that nobody reads is read to its end or given up', run: bigRefusal },
  { name: 'C8: also one that has no end', needs: ['streamedAnswers'], run: endlessRefusal },
  { name: 'C8: also when the renewal fails', needs: ['streamedAnswers'], run: endlessThenFailure },
  {
    name: 'C9: a 401 of another origin, after a redirect, renews nothing',
    needs: ['answerUrls'],
    run: foreignRefusal,
  },
  { name: 'C9: a 401 of another origin that the credential covers does', needs: ['redirects'], run: coveredRefusal },
  { name: 'C11: the vendor says what a refusal is, by what an answer holds', run: vendorsWord },
  { name: 'C11: a 403 is no refusal', run: forbidden },
  { name: 'C11: a 401 for insufficient scope is no refusal', run: insufficientScope },
  {
    name: 'C12: an API that refuses every token costs two renewals, then one a minute until it accepts one',
    run: strikes,
  },
]

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
  await assertSettles(scene.waitForEnd('/things'), 'the connection of an answer that nobody reads must be freed')
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

async function vendorsWord({ scene, credential, client }: World): Promise<void> {
  await scene.play({ answers: { '/things': [{ body: '{"code":401}' }, { body: '{"code":0}' }] } })
  const refuses = async (view: { json(): Promise<unknown> }) => JSON.stringify(await view.json()) === '{"code":401}'
  const { send } = await client(credential({ refuses }))
  expectAnswer(await send(scene.url('/things')), '200 {"code":0}', 'a request that is refused with status 200')
  await expectTokens(scene, [tokenOf(1), tokenOf(2)])
}

async function forbidden({ scene, credential, client }: World): Promise<void> {
  await scene.play({ answers: { '/things': { status: 403, body: 'not yours' } } })
  const { send } = await client(credential())
  expectAnswer(await send(scene.url('/things')), '403 not yours', 'a 403')
  await expectTokens(scene, [tokenOf(1)])
  await expectTokenCalls(scene, 1, 'a 403')
}

async function insufficientScope({ scene, credential, client }: World): Promise<void> {
  const headers = { 'www-authenticate': 'Bearer error="insufficient_scope"' }
  await scene.play({ answers: { '/things': { status: 401, headers, body: 'more scope' } } })
  const { send } = await client(credential())
  expectAnswer(await send(scene.url('/things')), '401 more scope', 'a 401 for insufficient scope')
  await expectTokens(scene, [tokenOf(1)])
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
