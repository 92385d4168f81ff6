import type { RequestOptions } from '@valetkey/core'
import { CredentialError } from '@valetkey/core/kit'
import { assert, assertText } from '../store-contract/assert.ts'
import { arrivalsAt, expectAnswer, expectCode, expectTokenCalls, expectTokens, rejectionOf } from './expect.ts'
import { TOKEN_PATH, tokenOf } from './protocol.ts'
import type { ClientCase, ContractRequest } from './subject.ts'
import { carriedBy } from './token-place.ts'
import type { World } from './world.ts'

/** C19 and C20: what one request wants other than its client's credential, and origins that no credential covers. */
export const REQUEST_CASES: readonly ClientCase[] = [
  {
    name: 'C19: valetkey.credential: false sends without a credential, and costs no token',
    needs: ['options'],
    run: withoutCredential,
  },
  { name: 'C19: valetkey.credential is sent instead of the client’s', needs: ['options'], run: otherCredential },
  { name: 'C19: one that does not cover the origin is an error', needs: ['options'], run: elsewhere },
  { name: 'C19: valetkey.replay is for one request', needs: ['options'], run: ownReplay },
  {
    name: 'C19: valetkey.optional sends without a credential if a user has to sign in',
    needs: ['options'],
    run: signedOut,
  },
  { name: 'C19: also where the refusal has shown it', needs: ['options'], run: signedOutLater },
  { name: 'C19: and not where the credential fails otherwise', needs: ['options'], run: failsOtherwise },
  { name: 'C19: an invalid valetkey member is an error, and nothing is sent', needs: ['options'], run: mistakes },
  { name: 'C20: an origin that no credential covers is reported, once', run: told },
  { name: 'C20: uncovered: "throw" sends nothing there', run: thrown },
]

function wanting(valetkey: unknown): Partial<ContractRequest> {
  return { options: { valetkey } }
}

async function withoutCredential({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  const { status } = await send(scene.url('/things'), wanting({ credential: false }))
  assert(status === 401, 'the answer to a request without a credential is the caller’s')
  await expectTokens(scene, [''])
  await expectTokenCalls(scene, 0, 'a request without a credential')
}

async function otherCredential({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  await send(scene.url('/other'), wanting({ credential: credential({ tokenPlace: 'query' }) }))
  await send(scene.url('/own'))
  const placed = (await arrivalsAt(scene)).map(({ headers, path }) => [headers.authorization, path.includes('api_key')])
  assertText(
    JSON.stringify(placed.map(([header, isQuery]) => [header !== undefined, isQuery])),
    '[[false,true],[true,false]]',
    'whether Authorization and the query have the credential, with another credential and without one',
  )
}

async function elsewhere({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  const other = credential({ origins: [scene.origins[1]] })
  const error = await rejectionOf(send(scene.url('/things'), wanting({ credential: other })), 'another’s origin')
  expectCode(error, ['uncovered_origin'], 'a request whose credential does not cover its origin')
  assert((await arrivalsAt(scene)).length === 0, 'nothing must be sent where the credential does not cover the origin')
}

async function ownReplay({ scene, credential, client }: World): Promise<void> {
  for (const replay of [true, false]) {
    const path = `/replay-${replay}`
    const { send } = await client(credential(), { replay })
    const refused = [{ status: 401 }, { body: 'welcome' }]
    await scene.play({ answers: { [path]: refused, '/usual': refused } })
    const { status } = await send(scene.url(path), wanting({ replay: !replay }))
    assert(status === (replay ? 401 : 200), `the request must know "replay: ${!replay}"`)
    await send(scene.url('/usual'))
  }
  const counts = await Promise.all(['/replay-true', '/replay-false'].map((path) => arrivalsAt(scene, path)))
  assertText(counts.map((all) => all.length).join(), '1,2', 'how often each request was sent')
}

async function signedOut({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential({ needsSignIn: true }))
  await scene.play({ answers: { '/things': { body: 'public' } } })
  expectAnswer(await send(scene.url('/things'), wanting({ optional: true })), '200 public', 'an optional credential')
  await expectTokens(scene, [''])
}

async function signedOutLater({ scene, credential, client }: World): Promise<void> {
  const signedIn = credential()
  const init = { vendor: 'acme', reason: 'invalid_grant', since: 0 }
  const renew = () => Promise.reject(new CredentialError('reauthorization_required', 'sign in again', init))
  const { send } = await client({ ...signedIn, renew })
  await scene.play({ answers: { '/things': [{ status: 401 }, { body: 'public' }] } })
  const answer = await send(scene.url('/things'), { method: 'POST', body: 'litres=5', ...wanting({ optional: true }) })
  expectAnswer(answer, '200 public', 'an optional credential that was refused')
  const sent = (await arrivalsAt(scene)).map((it) => `${carriedBy(it) || 'none'} ${it.body}`)
  assertText(sent.join(), `${tokenOf(1)} litres=5,none litres=5`, 'the tokens and bodies of the requests')
}

async function failsOtherwise({ scene, credential, client }: World): Promise<void> {
  await scene.play({ answers: { [TOKEN_PATH]: { status: 400 } } })
  const { send } = await client(credential())
  const error = await rejectionOf(send(scene.url('/things'), wanting({ optional: true })), 'a credential that fails')
  expectCode(error, ['client_rejected'], 'an optional credential that fails')
  assert((await arrivalsAt(scene)).length === 0, 'nothing must be sent because a credential failed')
}

async function mistakes({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential())
  const typed: RequestOptions = { replay: true }
  for (const valetkey of [
    { ...typed, retry: 3 },
    { replay: 'no' },
    { optional: 1 },
    { credential: 'token' },
    'none',
    7,
  ])
    expectCode(
      await rejectionOf(send(scene.url('/things'), wanting(valetkey)), JSON.stringify(valetkey)),
      ['invalid_option'],
      `valetkey: ${JSON.stringify(valetkey)}`,
    )
  assert((await arrivalsAt(scene)).length === 0, 'nothing must be sent with a valetkey that is none')
}

async function told({ scene, credential, client }: World): Promise<void> {
  const origins: string[] = []
  const { send } = await client(credential(), { onUncovered: (origin) => void origins.push(origin) })
  for (const url of [scene.otherUrl('/a'), scene.url('/b'), scene.otherUrl('/c')]) await send(url)
  assertText(origins.join(), scene.origins[1], 'the origins that "onUncovered" is called with')
  assert((await arrivalsAt(scene)).length === 3, 'requests to an origin that no credential covers must be sent')
}

async function thrown({ scene, credential, client }: World): Promise<void> {
  const { send } = await client(credential(), { uncovered: 'throw' })
  const error = await rejectionOf(send(scene.otherUrl('/things')), 'an origin that no credential covers')
  expectCode(error, ['uncovered_origin'], 'a request to an origin that no credential covers')
  const message = error instanceof Error ? error.message : ''
  for (const origin of scene.origins) assert(message.includes(origin), `the error must name ${origin}`)
  assert((await arrivalsAt(scene)).length === 0, 'nothing must be sent to an origin that no credential covers')
  await send(scene.url('/things'))
  await expectTokens(scene, [tokenOf(1)])
}
