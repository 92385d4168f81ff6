import { assert, assertSettles, assertText } from '../store-contract/assert.ts'
import { arrivalsAt, expectAnswer, expectTokenCalls, expectTokens } from './expect.ts'
import { type Arrival, tokenOf } from './protocol.ts'
import type { ClientCase, ClientContractOptions, ContractRequest } from './subject.ts'
import type { World } from './world.ts'

const TEXT = 'litres=5&café=🔑'
/** Not at the start of its buffer. */
const VIEW = new TextEncoder().encode(`..${TEXT}..`).subarray(2, -2)

type Body = Partial<Pick<ContractRequest, 'body' | 'json'>>

/** Makes a new body for each request: a body can be read only once. */
const REPLAYABLE: Readonly<Record<string, () => Body>> = {
  'a string': () => ({ body: TEXT }),
  URLSearchParams: () => ({ body: new URLSearchParams({ a: 'b c' }) }),
  'an ArrayBuffer': () => ({ body: new TextEncoder().encode(TEXT).buffer }),
  'a view of bytes': () => ({ body: VIEW }),
  'a Blob': () => ({ body: new Blob([TEXT], { type: 'text/csv' }) }),
  'a form': () => ({ body: form() }),
  JSON: () => ({ json: { name: 'Åse', list: [1, null] } }),
}

function form(): FormData {
  const data = new FormData()
  data.set('litres', '5')
  data.set('file', new Blob([TEXT]), 'x.txt')
  return data
}

/** C7: bodies that are sent again, and bodies that cannot be. */
export function bodyCases({ oneShotBodies, replaysStreams }: ClientContractOptions): ClientCase[] {
  const oneShot = oneShotBodies ?? { 'a ReadableStream': (text: string) => new Blob([text]).stream() }
  const outcome = replaysStreams ? 'is replayed as well' : 'renews, and the refusal is the answer'
  return [
    ...Object.entries(REPLAYABLE).map(([what, make]) => ({
      name: `C7: a body is replayed byte for byte: ${what}`,
      run: (world: World) => replayed(world, make),
    })),
    ...Object.entries(oneShot).map(([what, make]): ClientCase => {
      const run = replaysStreams ? replayed : readOnce
      const name = `C7: a body that can be read once ${outcome}: ${what}`
      return { name, needs: ['streams'], run: (world) => run(world, () => ({ body: make(TEXT) })) }
    }),
  ]
}

async function replayed(world: World, make: () => Body): Promise<void> {
  const { scene, credential, client } = world
  const plain = await sendPlainly(world, make)
  const { send } = await client(credential())
  const answer = await send(scene.url('/things'), { method: 'POST', ...make() })
  expectAnswer(answer, '200 welcome', 'a refused request with a body')
  await expectTokens(scene, [tokenOf(1), tokenOf(2)], '/things')
  const [first, second] = await arrivalsAt(scene, '/things')
  assertText(contentOf(first), plain, 'the content type and body of the first request, as without the plugin')
  assertText(contentOf(second), plain, 'the content type and body of the second request')
}

async function readOnce(world: World, make: () => Body): Promise<void> {
  const { scene, credential, client } = world
  const plain = await sendPlainly(world, make)
  const source = credential()
  const skipped = new Promise<string>((resolve) => source.on('replay_skipped', ({ reason }) => resolve(String(reason))))
  const { send } = await client(source)
  const answer = await send(scene.url('/things'), { method: 'POST', ...make() })
  expectAnswer(answer, '401 refused', 'a refused request whose body cannot be sent again')
  await expectTokens(scene, [tokenOf(1)], '/things')
  assertText(contentOf((await arrivalsAt(scene, '/things'))[0]), plain, 'the content type and body of the request')
  await expectTokenCalls(scene, 2, 'a refused request whose body cannot be sent again, for the next one')
  const reason = await assertSettles(skipped, 'the event "replay_skipped" must say that nothing is sent again')
  assertText(reason, 'not_replayable', 'the reason of the event "replay_skipped"')
}

/** What the client sends without the plugin. */
async function sendPlainly({ scene, client }: World, make: () => Body): Promise<string> {
  await scene.play({ accepts: [tokenOf(2)], answers: { '/plain': { body: 'welcome' } } })
  const { send } = await client(undefined)
  await send(scene.url('/plain'), { method: 'POST', ...make() })
  const [plain] = await arrivalsAt(scene, '/plain')
  assert(plain !== undefined && plain.body !== '', 'the client must send the body, without the plugin too')
  return contentOf(plain)
}

/** Each request has another boundary between the parts of a form. */
function contentOf({ headers, body }: Pick<Arrival, 'headers' | 'body'> = { headers: {}, body: '' }): string {
  const content = `${headers['content-type']}: ${body}`
  const [, boundary] = /^--(\S+)\r\n/.exec(body) ?? []
  return boundary ? content.replaceAll(boundary, 'boundary') : content
}
