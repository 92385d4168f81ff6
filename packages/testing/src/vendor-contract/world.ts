import { type ApiKeyCredential, memoryStore, type TokenCredential, type TokenStore } from '@valetkey/core'
import { assert, assertSettles } from '../store-contract/assert.ts'
import { type VirtualClock, virtualClock } from '../virtual-clock.ts'
import { createSignIns } from './sign-ins.ts'
import { create, type VendorUnderTest } from './subject.ts'
import { type AnswerTokenRequest, createTokenEndpoint, type TokenRequest } from './token-endpoint.ts'

/** One vendor with a token endpoint to itself. */
export interface World {
  readonly vendor: VendorUnderTest
  readonly clock: VirtualClock
  readonly store: TokenStore
  /** Reaches the token endpoint. */
  readonly fetch: typeof fetch
  readonly tokenRequests: readonly TokenRequest[]
  connect(changes?: Readonly<Record<string, unknown>>): TokenCredential | ApiKeyCredential
  connectTokens(changes?: Readonly<Record<string, unknown>>): TokenCredential
}

/** The longest pause between quick retries of a token endpoint. */
const QUICK_RETRY_MS = 1000

/** Runs `work`, lets the time of quick retries pass meanwhile, and ends what it began. */
export async function inWorld(
  vendor: VendorUnderTest,
  work: (world: World) => void | Promise<void>,
  answer: AnswerTokenRequest = (_, accessToken) => Response.json(vendor.tokenAnswer?.(accessToken)),
): Promise<void> {
  const clock = virtualClock()
  const store = memoryStore({ clock })
  const { fetch, requests } = createTokenEndpoint(answer)
  const surroundings = vendor.tokenAnswer ? { clock, store, fetch } : {}
  const signedIn = createSignIns(vendor)
  const opened: TokenCredential[] = []
  const connect: World['connect'] = (changes) => {
    const credential = create(vendor, { ...vendor.options, ...surroundings, ...changes })
    if (!isTokenCredential(credential)) return credential
    opened.push(credential)
    return signedIn(credential)
  }
  const connectTokens: World['connectTokens'] = (changes) => {
    const credential = connect(changes)
    assert(isTokenCredential(credential), 'with "tokenAnswer" the factory must make a token credential')
    return credential
  }
  try {
    const working = Promise.resolve(
      work({ vendor, clock, store, fetch, tokenRequests: requests, connect, connectTokens }),
    )
    await assertSettles(clock.runUntil(working, QUICK_RETRY_MS), 'the credential must give an answer, or an error')
  } finally {
    await Promise.all(opened.map((credential) => credential.close()))
  }
}

function isTokenCredential(credential: TokenCredential | ApiKeyCredential): credential is TokenCredential {
  return 'getToken' in credential
}
