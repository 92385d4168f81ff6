import { assert, assertText } from '../store-contract/assert.ts'
import { expectAnswer } from './expect.ts'
import { tokenOf } from './protocol.ts'
import type { ClientCase } from './subject.ts'
import type { World } from './world.ts'

/** C13: what the plugin has nothing to do with. */
export const PASS_THROUGH_CASES: readonly ClientCase[] = [
  {
    name: 'C13: options that the plugin does not know reach the client under the plugin unchanged',
    needs: ['interception', 'options'],
    run: unknownOptions,
  },
  {
    name: 'C13: what is under the plugin is called with the same kinds of arguments as without it',
    needs: ['interception'],
    run: sameKinds,
  },
  { name: 'C13: the headers and options of the caller stay as they were', run: unchangedRequest },
]

/** As frameworks and runtimes have them; one is an instance of a class, as dispatchers are. */
const OPTIONS = { next: { revalidate: 60 }, cf: { cacheTtl: 5 }, tracer: new (class Tracer {})() }

async function unknownOptions(world: World): Promise<void> {
  const [plain, ours] = [await handed(world, false), await handed(world, true)]
  for (const [name, option] of Object.entries(OPTIONS)) {
    const [without, withPlugin] = [plain, ours].map((calls) => calls.map((call) => passedOn(call, name, option)))
    assert(without?.[0] !== 'missing', `the client must take the option "${name}", or name "options" in "cannot"`)
    assertText(
      withPlugin?.join(),
      [...(without ?? []), ...(without ?? [])].join(),
      `the option "${name}" of both requests`,
    )
  }
}

function passedOn(call: readonly unknown[], name: string, option: object): string {
  const holder = call.find((argument) => typeof argument === 'object' && argument !== null && name in argument)
  if (!holder) return 'missing'
  const value: unknown = Reflect.get(Object(holder), name)
  return value === option ? 'the same object' : JSON.stringify(value)
}

async function sameKinds(world: World): Promise<void> {
  const [plain, ours] = [await handed(world, false), await handed(world, true)]
  const [kindOf] = [(call: readonly unknown[] | undefined) => Object.prototype.toString.call(call?.[0])]
  for (const call of ours) assertText(kindOf(call), kindOf(plain[0]), 'the first argument of what is under the plugin')
}

/** The arguments of each call of what is under the plugin: one without it, with it a refused request and its replay. */
async function handed(
  { scene, credential, client }: World,
  withPlugin: boolean,
): Promise<readonly (readonly unknown[])[]> {
  const calls: (readonly unknown[])[] = []
  await scene.play({ accepts: [tokenOf(2)] })
  const onSend = (...call: readonly unknown[]) => void calls.push(call)
  const { send } = await client(withPlugin ? credential() : undefined, { onSend })
  await send(scene.url('/things'), { method: 'PUT', body: 'litres=5', options: OPTIONS })
  assert(calls.length === (withPlugin ? 2 : 1), 'makeClient must call onSend, or name "interception" in "cannot"')
  return calls
}

async function unchangedRequest({ scene, credential, client }: World): Promise<void> {
  await scene.play({ accepts: [tokenOf(2)] })
  const { send } = await client(credential())
  const headers = Object.freeze({ 'x-id': '7' })
  const request = { method: 'PUT', headers, body: 'litres=5', options: Object.freeze({ next: Object.freeze({}) }) }
  expectAnswer(await send(scene.url('/things'), request), '200 welcome', 'a request of frozen objects')
}
