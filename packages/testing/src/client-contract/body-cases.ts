import { assert, assertText } from '../store-contract/assert.ts'
import { carriedBy } from './carrier.ts'
import { arrivalsAt, expectAnswer, expectTokenCalls, expectTokens } from './expect.ts'
import { type Arrival, tokenOf } from './protocol.ts'
import type { ClientCase, ClientContractOptions, ContractRequest } from './subject.ts'
import type { World } from './world.ts'

const TEXT = 'litres=5&café=🔑'
/** As an arrival has it: one character per byte. */
const BYTES = String.fromCharCode(...new TextEncoder().encode(TEXT))
/** Not at the start of its buffer. */
const VIEW = new TextEncoder().encode(`..${TEXT}..`).subarray(2, -2)
const THINGS = { name: 'Åse', list: [1, null] }

type Body = Partial<Pick<ContractRequest, 'body' | 'json'>>

/** Makes each body anew: a test must not find one that another test has read. */
const REPLAYABLE: Readonly<Record<string, readonly [make: () => Body, sent: string]>> = {
  'a text': [() => ({ body: TEXT }), BYTES],
  URLSearchParams: [() => ({ body: new URLSearchParams({ a: 'b c' }) }), 'a=b+c'],
  'an ArrayBuffer': [() => ({ body: new TextEncoder().encode(TEXT).buffer }), BYTES],
  'a view of bytes': [() => ({ body: VIEW }), BYTES],
  'a Blob': [() => ({ body: new Blob([TEXT], { type: 'text/csv' }) }), BYTES],
  JSON: [() => ({ json: THINGS }), String.fromCharCode(...new TextEncoder().encode(JSON.stringify(THINGS)))],
}

/** C7: bodies that are sent again, and bodies that cannot be. */
export function bodyCases({ oneShotBodies, resendsStreams }: ClientContractOptions): ClientCase[] {
  const oneShot = oneShotBodies ?? { 'a ReadableStream': (text: string) => new Blob([text]).stream() }
  const outcome = resendsStreams ? 'is resent as well' : 'renews, and the refusal is the answer'
  return [
    ...Object.entries(REPLAYABLE).map(([what, [make, sent]]) => ({
      name: `C7: a body is resent byte for byte: ${what}`,
      run: (world: World) => resent(world, make(), sent),
    })),
    { name: 'C7: a body is resent part for part: a form', run: resentForm },
    ...Object.entries(oneShot).map(
      ([what, make]): ClientCase => ({
        name: `C7: a body that can be read once ${outcome}: ${what}`,
        needs: ['streams'],
        run: (world) => (resendsStreams ? resent(world, { body: make(TEXT) }, BYTES) : readOnce(world, make(TEXT))),
      }),
    ),
  ]
}

async function resent(world: World, body: Body, sent: string): Promise<void> {
  const [first, second] = await sendTwice(world, body)
  assertText(first.body, sent, 'the body of the first request')
  assertText(second.body, sent, 'the body of the second request')
  assertText(second.headers['content-type'], first.headers['content-type'], 'the content type of the second request')
}

async function resentForm(world: World): Promise<void> {
  const form = new FormData()
  form.set('litres', '5')
  form.set('file', new Blob([TEXT]), 'x.txt')
  const [first, second] = (await sendTwice(world, { body: form })).map(withoutBoundary)
  assert(Boolean(first?.includes('name="litres"') && first.includes(BYTES)), 'the first request must have the parts')
  assertText(second, first, 'the parts of the second request')
}

/** The parts of a form; what separates them is made anew by some clients. */
function withoutBoundary({ headers, body }: Arrival): string {
  const boundary = headers['content-type']?.split('boundary=')[1]?.replaceAll('"', '') ?? ''
  assert(boundary !== '', 'a form must be sent with its boundary')
  return body.replaceAll(boundary, '')
}

async function sendTwice({ scene, credential, client }: World, body: Body): Promise<[Arrival, Arrival]> {
  await scene.play({ accepts: [tokenOf(2)] })
  const { send } = await client(credential())
  const answer = await send(scene.url('/things'), { method: 'POST', ...body })
  expectAnswer(answer, '200 welcome', 'a refused request with a body')
  const [first, second, ...more] = await arrivalsAt(scene)
  assert(first !== undefined && second !== undefined && more.length === 0, 'it must be sent twice')
  assertText(carriedBy(second), tokenOf(2), 'the token of the second request')
  return [first, second]
}

async function readOnce({ scene, credential, client }: World, body: unknown): Promise<void> {
  await scene.play({ accepts: [tokenOf(2)] })
  const source = credential()
  const skipped = new Promise<string>((resolve) => source.on('replay-skipped', ({ reason }) => resolve(String(reason))))
  const { send } = await client(source)
  const answer = await send(scene.url('/things'), { method: 'POST', body })
  expectAnswer(answer, '401 refused', 'a refused request whose body cannot be sent again')
  await expectTokens(scene, [tokenOf(1)])
  assertText((await arrivalsAt(scene))[0]?.body, BYTES, 'the body of the request')
  await expectTokenCalls(scene, 2, 'a refused request whose body cannot be sent again, for the next one')
  assertText(await skipped, 'not_replayable', 'the reason of the event "replay-skipped"')
}
