import { expect, test } from 'vitest'
import { type Card, createCard } from '../src/live/card.ts'
import { statusOf } from '../src/page/words.ts'
import { simulatedVendors } from './support/vendors.ts'

const MINUTE = 60_000
const IGNORED = { onTold: () => undefined, onRenewal: () => undefined, onRequest: () => undefined }

/** m2m after an outage of its token endpoint that asked for a pause of a minute. */
async function cardAfterOutage() {
  const { vendors, m2m } = await simulatedVendors()
  const vendor = vendors.find(({ name }) => name === 'm2m')
  if (!vendor?.simulation) throw new TypeError('m2m is not simulated')
  const { clock } = vendor.simulation
  const card = createCard(vendor, IGNORED)
  await card.read()
  clock.advance(MINUTE)
  card.faults.add('Rate limit', MINUTE, () => undefined)
  m2m.failNext({ on: 'token', status: 429, headers: { 'retry-after': '60' } })
  await card.read()
  await card.faults.close()
  return { card, clock, m2m, counts: () => [card.state().counts.failures, card.brokenOnPurpose()] }
}

/** A failure is remembered for a moment, which the vendor's clock does not move. */
async function readUntilGood(card: Card): Promise<void> {
  do await card.read()
  while (card.state().problem !== undefined)
}

test('Failures from an outage count as broken on purpose until the next good answer: token calls back off longer than it lasts', async () => {
  const { card, clock, m2m, counts } = await cardAfterOutage()
  expect(counts()).toEqual([1, 1])
  await card.read()
  expect(counts()).toEqual([2, 2])
  clock.advance(MINUTE)
  await readUntilGood(card)
  const [failures = 0, onPurpose] = counts()
  expect(onPurpose).toBe(failures)
  m2m.failNext({ on: 'api', status: 500 })
  await card.read()
  expect(counts()).toEqual([failures + 1, failures])
})

test('A card that waits for the token endpoint says for how long and why, and shows no date', async () => {
  const { card, clock } = await cardAfterOutage()
  const { problem, retryInMs } = card.state()
  expect(problem).toMatch(/^token_unavailable: /)
  expect(retryInMs).toBeGreaterThan(0)
  expect(retryInMs).toBeLessThanOrEqual(MINUTE)
  expect(statusOf({ ...card.state(), retryInMs: 7_000 })).toBe(
    'Token calls failed, so valetkey waits (back-off): next one in 7 s.',
  )
  clock.advance(MINUTE)
  expect(statusOf(card.state())).toBe('The next request gets a token.')
  await readUntilGood(card)
  expect(card.state().retryInMs).toBeUndefined()
})
