import { assert, assertText } from '../store-contract/assert.ts'
import { urlOptions, type VendorCase, type VendorUnderTest } from './subject.ts'
import { inWorld, type World } from './world.ts'

/** Of credentials with tokens. */
export function identityCases(vendor: VendorUnderTest): VendorCase[] {
  const { identity = [] } = vendor
  return [
    { name: 'credentials of the same options and store share one token', run: shared },
    ...['account', ...identity].map((option) => ({
      name: `another "${option}" is another store key with a separate token`,
      run: (world: World) => separate(world, { [option]: `${vendor.options[option] ?? ''}2` }),
    })),
    ...(urlOptions(vendor).includes('tokenUrl')
      ? [
          {
            name: 'another "tokenUrl" is another store key with a separate token',
            run: (world: World) => separate(world, { tokenUrl: 'https://proxy.example/token' }),
          },
        ]
      : []),
    { name: 'no secret is in a store key', run: secretless },
    vendor.signIn
      ? { name: 'a new secret does not change the store key of what a person gave', run: survivesSecret }
      : { name: 'who has another secret is not given the stored token, and does not replace it', run: apartBySecret },
  ].map(({ name, run }) => ({ name, run: () => inWorld(vendor, run) }))
}

async function shared({ connectTokens, tokenRequests }: World): Promise<void> {
  const tokens = await Promise.all([connectTokens().getToken(), connectTokens().getToken()])
  assertText(tokens[1].accessToken, tokens[0].accessToken, 'the token of a second credential of the same options')
  assert(
    tokenRequests.length === 1,
    `two credentials of the same options must ask once, not ${tokenRequests.length} times`,
  )
}

async function separate(world: World, changes: Readonly<Record<string, string>>): Promise<void> {
  const [option = ''] = Object.keys(changes)
  const first = await world.connectTokens().getToken()
  const second = await world.connectTokens(changes).getToken()
  assert(first.accessToken !== second.accessToken, `another "${option}" must not get the same token`)
  assert((await keysOf(world)).length === 2, `another "${option}" must have a separate store key`)
}

async function secretless(world: World): Promise<void> {
  const { vendor, connectTokens } = world
  await connectTokens().getToken()
  const keys = await keysOf(world)
  const shown = vendor.secrets.filter((option) => keys.some((key) => key.includes(vendor.options[option] ?? '')))
  assert(shown.length === 0, `the store key must not hold ${shown.join()}`)
}

async function survivesSecret(world: World): Promise<void> {
  await world.connectTokens().getToken()
  for (const changes of otherSecrets(world)) await world.connectTokens(changes).getToken()
  assert((await keysOf(world)).length === 1, 'another secret must not change the store key')
}

async function apartBySecret(world: World): Promise<void> {
  const { connectTokens, tokenRequests } = world
  const { accessToken } = await connectTokens().getToken()
  for (const changes of otherSecrets(world)) {
    const other = await connectTokens(changes).getToken()
    assert(other.accessToken !== accessToken, `another "${Object.keys(changes).join()}" must not get the same token`)
  }
  const asked = tokenRequests.length
  const again = await connectTokens().getToken()
  assertText(again.accessToken, accessToken, 'the token of the first secret, after others were used')
  assert(tokenRequests.length === asked, 'the token of the first secret must still be stored')
}

function otherSecrets({ vendor }: World): Readonly<Record<string, string>>[] {
  return vendor.secrets.map((option) => ({ [option]: `${vendor.options[option] ?? ''}2` }))
}

async function keysOf({ store }: World): Promise<string[]> {
  const keys: string[] = []
  for await (const key of store.list?.() ?? []) keys.push(key)
  // A sign-in leaves a mark in addition to the tokens.
  return keys.filter((key) => key.startsWith('["vk1",'))
}
