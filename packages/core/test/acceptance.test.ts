import { expect, test } from 'vitest'
import { systemClock } from '../src/kit.ts'
import { Acceptance } from '../src/tokens/acceptance.ts'

const at = (path: string, method?: string) => ({ url: `https://api.acme.example${path}`, method })

function stillClock() {
  let now = 0
  const advance = (ms: number) => {
    now += ms
  }
  return { ...systemClock(), monotonic: () => now, advance }
}

/** An endpoint refuses the tokens that it gets, the newest of which another endpoint accepts. */
function refuseAndAccept(count: number, path: (generation: number) => string) {
  const clock = stillClock()
  const acceptance = new Acceptance(clock)
  const outcomes = Array.from({ length: count }, (_, index) => {
    const generation = index + 1
    acceptance.accept(generation, at('/good'), false)
    return acceptance.refuse(generation, at(path(generation)))
  })
  return { clock, acceptance, outcomes }
}

test('an endpoint that refuses a newer token too gets no third one for a minute', () => {
  const { clock, acceptance, outcomes } = refuseAndAccept(2, (generation) => `/bad?page=${generation}`)
  expect(outcomes).toEqual([false, true])
  expect(acceptance.refuse(2, at('/bad', 'POST'))).toBe(false)
  expect(acceptance.refuse(2, at('/good'))).toBe(false)
  clock.advance(60_000)
  expect(acceptance.refuse(2, at('/bad'))).toBe(false)
})

test('the same token may be refused by it as often as requests were under way', () => {
  const { acceptance } = refuseAndAccept(1, () => '/bad')
  expect(Array.from({ length: 3 }, () => acceptance.refuse(1, at('/bad')))).toEqual([false, false, false])
})

test('a token that nobody has accepted is judged by the strikes alone', () => {
  const { acceptance } = refuseAndAccept(1, () => '/bad')
  expect(acceptance.refuse(2, at('/bad'))).toBe(false)
})

test('after five endpoints that no new token helped, the sixth within a minute gets none', () => {
  const { outcomes } = refuseAndAccept(7, (generation) => `/devices/${generation}`)
  expect(outcomes).toEqual([false, false, false, false, false, true, true])
})

test('what an endpoint accepts clears it, unless one of its requests was refused with a newer token too', () => {
  const { acceptance } = refuseAndAccept(1, () => '/graphql')
  acceptance.accept(2, at('/graphql'), false)
  expect(acceptance.refuse(2, at('/graphql'))).toBe(false)
  acceptance.refuseAgain(3, at('/graphql'))
  acceptance.accept(3, at('/graphql'), false)
  expect(acceptance.refuse(3, at('/graphql'))).toBe(true)
  acceptance.accept(3, at('/graphql'), true)
  expect(acceptance.refuse(3, at('/graphql'))).toBe(false)
})

test('no more than 32 endpoints are remembered', () => {
  const clock = stillClock()
  const acceptance = new Acceptance(clock)
  acceptance.accept(1, undefined, false)
  for (let count = 0; count < 40; count += 1) acceptance.refuse(1, at(`/things/${count}`))
  acceptance.accept(2, undefined, false)
  expect([31, 32].map((count) => acceptance.refuse(2, at(`/things/${count}`)))).toEqual([true, false])
})
