import { type CredentialErrorCode, isCredentialError } from '@valetkey/core'
import { assert, assertSettles, assertText } from '../store-contract/assert.ts'
import type { Arrival } from './protocol.ts'
import type { Scene } from './scene.ts'
import type { ContractAnswer } from './subject.ts'
import { carriedBy } from './token-place.ts'

/** The requests that reached the API, those to one path only if it is given. */
export async function arrivalsAt(scene: Scene, path?: string): Promise<readonly Arrival[]> {
  const { arrivals } = await scene.log()
  return arrivals.filter((arrival) => path === undefined || arrival.path.split('?')[0] === path)
}

/** The tokens of the requests that reached the API, in order; an empty text stands for none. */
export async function expectTokens(scene: Scene, tokens: readonly string[], path?: string): Promise<void> {
  const carried = (await arrivalsAt(scene, path)).map(carriedBy)
  assertText(listOf(carried), listOf(tokens), 'the tokens of the requests that reached the API')
}

export async function expectTokenCalls(scene: Scene, count: number, why: string): Promise<void> {
  const { tokenCalls } = await scene.log()
  assert(tokenCalls === count, `${why}: expected ${count} token calls, got ${tokenCalls}`)
}

export function expectAnswer({ status, text }: ContractAnswer, expected: string, why: string): void {
  assertText(`${status} ${text}`, expected, why)
}

/** A request that is awaited later: if it rejects meanwhile, that is handled. */
export function later<T>(request: Promise<T>): Promise<T> {
  request.catch(() => {})
  return request
}

/** What a request must reject with, before anything else happens. */
export async function rejectionOf(request: Promise<unknown>, why: string): Promise<unknown> {
  const outcome = request.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  const rejected = await assertSettles(outcome, `${why}: the request must reject, and is still pending`)
  assert(rejected !== undefined, `${why}: the request must reject`)
  return rejected.error
}

export function expectCode(error: unknown, codes: readonly CredentialErrorCode[], why: string): void {
  const code = isCredentialError(error) ? error.code : undefined
  const isExpected = codes.some((it) => it === code)
  assert(isExpected, `${why}: expected a CredentialError ${codes.join(' or ')}, got ${code ?? nameOf(error)}`)
}

/** The name alone: the message may hold anything. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}

function listOf(tokens: readonly string[]): string {
  return tokens.map((token) => token || 'none').join(', ')
}
