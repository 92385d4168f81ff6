import { expect, test } from 'vitest'
import { systemClock } from '../src/kit.ts'
import { Acceptance } from '../src/tokens/acceptance.ts'

const at = (path: string, method?: string) => ({ url: `https://api.acme.example${path}`, method })

function stillClock() {
  let now = 0
  const advance = (ms: number) => {
    now += ms
  }
  return { ...systemClock, monotonic: () => now, advance }
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

test('the newest generation that was accepted is news once', () => {
  const acceptance = new Acceptance(stillClock())
  expect([acceptance.generation, acceptance.hasSuspects()]).toEqual([-1, false])
  const accept = (generation: number) => [acceptance.accept(generation, undefined, false), acceptance.generation]
  expect([3, 3, 2, 4].map(accept)).toEqual([
    [true, 3],
    [false, 3],
    [false, 3],
    [true, 4],
  ])
})

test('an endpoint is suspect for a minute, or until it accepts a newer token', () => {
  const clock = stillClock()
  const acceptance = new Acceptance(clock)
  const refuse = () => acceptance.refuse(1, at('/bad'))
  refuse()
  expect(acceptance.hasSuspects()).toBe(true)
  acceptance.accept(1, at('/bad'), true)
  acceptance.accept(2, at('/good'), true)
  acceptance.accept(2, undefined, true)
  expect(acceptance.hasSuspects()).toBe(true)
  acceptance.accept(2, at('/bad?page=2#end', 'get'), false)
  expect(acceptance.hasSuspects()).toBe(false)
  refuse()
  clock.advance(59_999)
  acceptance.accept(1, undefined, false)
  expect(acceptance.hasSuspects()).toBe(true)
  clock.advance(1)
  acceptance.accept(1, undefined, false)
  expect(acceptance.hasSuspects()).toBe(false)
})

test('a refusal makes the acceptance of an authorization something to learn from again', () => {
  const acceptance = new Acceptance(stillClock())
  acceptance.acknowledged = {}
  acceptance.refuse(1, at('/bad'))
  expect(acceptance.acknowledged).toBeUndefined()
})

test('a request that was refused with the token of before, too, proves nothing', () => {
  const { acceptance } = refuseAndAccept(1, () => '/graphql')
  acceptance.refuseAgain(1, at('/graphql'))
  acceptance.refuseAgain(2, at('/never-seen'))
  acceptance.accept(2, at('/graphql'), false)
  expect(acceptance.hasSuspects()).toBe(false)
})

test('the same endpoint by another method is another endpoint, by a method in lower case the same', () => {
  const { acceptance } = refuseAndAccept(1, () => '/bad')
  acceptance.accept(2, at('/good'), false)
  expect(acceptance.refuse(2, at('/bad', 'post'))).toBe(false)
  expect(acceptance.refuse(2, at('/bad', 'get'))).toBe(true)
})

test('refusals of one token at many endpoints are no reason to keep it', () => {
  const acceptance = new Acceptance(stillClock())
  acceptance.accept(1, at('/good'), false)
  for (let count = 0; count < 10; count += 1) acceptance.refuse(1, at(`/devices/${count}`))
  acceptance.accept(2, at('/good'), false)
  expect(acceptance.refuse(2, at('/devices/new'))).toBe(false)
})

test('what several tokens did not help counts for a minute, and for accepted tokens only', () => {
  const { clock, acceptance } = refuseAndAccept(5, (generation) => `/devices/${generation}`)
  expect(acceptance.refuse(6, at('/devices/6'))).toBe(false)
  acceptance.accept(6, at('/good'), false)
  expect(acceptance.refuse(6, at('/devices/7'))).toBe(true)
  clock.advance(60_000)
  expect(acceptance.refuse(6, at('/devices/8'))).toBe(false)
})

test('an endpoint that is refused a newer token is suspect from then on', () => {
  const clock = stillClock()
  const acceptance = new Acceptance(clock)
  acceptance.refuse(1, at('/bad'))
  clock.advance(30_000)
  expect(acceptance.refuse(2, at('/bad'))).toBe(false)
  clock.advance(59_999)
  acceptance.accept(3, at('/good'), false)
  expect(acceptance.refuse(2, at('/bad'))).toBe(false)
  expect(acceptance.refuse(3, at('/bad'))).toBe(true)
})

test('only what older tokens did not help counts', () => {
  const of = () => {
    const acceptance = new Acceptance(stillClock())
    for (const generation of [1, 2, 3, 4, 5]) acceptance.refuse(generation, at(`/devices/${generation}`))
    acceptance.accept(5, at('/good'), false)
    return acceptance
  }
  expect([3, 5].map((generation) => of().refuse(generation, at('/devices/new')))).toEqual([false, false])
})

test('a newer token that an endpoint refuses is the one that counts, and for a minute of its own', () => {
  const clock = stillClock()
  const acceptance = new Acceptance(clock)
  acceptance.refuse(1, at('/bad'))
  clock.advance(20_000)
  acceptance.refuse(2, at('/bad'))
  acceptance.accept(2, at('/good'), false)
  expect(acceptance.refuse(2, at('/bad'))).toBe(false)
  clock.advance(59_999)
  acceptance.accept(2, undefined, false)
  expect(acceptance.hasSuspects()).toBe(true)
  clock.advance(1)
  acceptance.accept(2, undefined, false)
  expect(acceptance.hasSuspects()).toBe(false)
})

test('the same token that is refused once more does not make an endpoint suspect for longer', () => {
  const clock = stillClock()
  const acceptance = new Acceptance(clock)
  for (let times = 0; times < 2; times += 1) {
    acceptance.refuse(1, at('/bad'))
    clock.advance(30_000)
  }
  acceptance.accept(1, undefined, false)
  expect(acceptance.hasSuspects()).toBe(false)
})
