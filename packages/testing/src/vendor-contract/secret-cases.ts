import { type Credential, type CredentialErrorCode, isCredentialError } from '@valetkey/core'
import { findLeaks } from '../find-leaks.ts'
import { assert } from '../store-contract/assert.ts'
import { rejectionOf, thrownBy } from './expect-error.ts'
import { FAILURES, type Failure } from './failures.ts'
import { apiUrl, send } from './send.ts'
import { create, type VendorCase, type VendorUnderTest } from './subject.ts'
import { TOKEN_PREFIX } from './token-endpoint.ts'
import { inWorld, type World } from './world.ts'

export function secretCases(vendor: VendorUnderTest): VendorCase[] {
  return [
    { name: 'the error of a wrong option shows no secret', run: () => wrongOptions(vendor) },
    ...vendor.secrets.map((option) => ({
      name: `a function for "${option}" that fails is a typed error without what it threw`,
      run: () => inWorld(vendor, (world) => failingFunction(world, option)),
    })),
    {
      name: 'a credential in use shows no secret: not itself, its tokens, its authorizations, its status, nor its events',
      run: () => inWorld(vendor, inUse),
    },
    ...(vendor.tokenAnswer ? FAILURES : []).map((failure) => ({
      name: `the token endpoint gives ${failure.what}: ${expectation(failure)}, without a secret`,
      run: () => afterFailure(vendor, failure),
    })),
  ]
}

function expectation({ isOutage }: Failure): string {
  return isOutage ? 'token_unavailable with retryAt' : 'a typed error'
}

function wrongOptions(vendor: VendorUnderTest): void {
  for (const option of Object.keys(vendor.options)) {
    const secret = vendor.options[option] ?? ''
    for (const value of [undefined, [secret], { [secret]: secret }]) {
      const options = { ...vendor.options, [option]: value }
      assertHidden(
        vendor,
        thrownBy(() => create(vendor, options), ['invalid_option'], `with a wrong "${option}"`),
      )
    }
  }
}

async function failingFunction({ vendor, connect }: World, option: string): Promise<void> {
  const fail = () => Promise.reject(new Error(`the vault has ${vendor.options[option]}`))
  const credential = connect({ [option]: fail })
  const events = recordEvents(credential)
  const use = Promise.resolve(credential.authorization())
  const error = await rejectionOf(use, ['token_unavailable'], `when the function for "${option}" fails`)
  assertHidden(vendor, { error, events })
}

async function inUse({ vendor, connect }: World): Promise<void> {
  const credential = connect()
  const events = recordEvents(credential)
  const first = await credential.authorization()
  await send(credential, apiUrl(vendor), [401, 401])
  const second = await credential.authorization()
  const ofTokens = 'getToken' in credential ? [await credential.getToken(), await credential.status()] : []
  const placed = [first, second].flatMap(({ headers, query }) => [...Object.values(headers), ...Object.values(query)])
  assertHidden(vendor, { credential, first, second, ofTokens, events }, placed)
}

const VERDICTS: readonly CredentialErrorCode[] = [
  'client_rejected',
  'token_unavailable',
  'reauthorization_required',
  'sign_in_failed',
]

/** At the first use, and with a token that is there already. */
async function afterFailure(vendor: VendorUnderTest, failure: Failure): Promise<void> {
  await inWorld(
    vendor,
    (world) => failedUse(world, failure, (credential) => credential.authorization()),
    failure.answer,
  )
  let answers = 0
  await inWorld(
    vendor,
    async (world) => {
      await failedUse(world, failure, async (credential) => credential.renew(await credential.authorization()))
    },
    (request, accessToken) => {
      answers += 1
      return answers === 1 ? Response.json(vendor.tokenAnswer?.(accessToken)) : failure.answer(request, accessToken)
    },
  )
}

async function failedUse(
  { vendor, clock, connectTokens, tokenRequests }: World,
  { what, isOutage }: Failure,
  use: (credential: Credential) => unknown,
): Promise<void> {
  const credential = connectTokens()
  const events = recordEvents(credential)
  const begin = clock.now()
  const error = await rejectionOf(
    Promise.resolve(use(credential)),
    isOutage ? ['token_unavailable'] : VERDICTS,
    `after ${what}`,
  )
  if (isCredentialError(error, 'token_unavailable')) {
    assert(error.retryAt > begin, `after ${what} the error must say when to try again`)
  }
  assertHidden(
    vendor,
    { error, events },
    tokenRequests.flatMap(({ headers }) => headers.authorization ?? []),
  )
}

function recordEvents({ on }: ReturnType<World['connect']>): unknown[] {
  const events: unknown[] = []
  on('*', (name, detail) => events.push({ name, ...detail }))
  return events
}

/** @param headers further values that are secret except for their scheme */
function assertHidden(vendor: VendorUnderTest, value: unknown, headers: readonly string[] = []): void {
  const configured = vendor.secrets.map((option) => vendor.options[option] ?? '')
  const secrets = [...configured, TOKEN_PREFIX, ...headers.map((text) => text.replace(/^\w+ /, ''))]
  const leaks = findLeaks(value, secrets, vendor.inspect)
  assert(leaks.length === 0, `a secret must not show in: ${leaks.join(', ')}`)
}
