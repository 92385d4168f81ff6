import { afterEach, describe, expect, test, vi } from 'vitest'
import { memoryStore } from '../src/store.ts'
import { systemClock } from '../src/time.ts'
import type { Lifecycle } from '../src/tokens/lifecycle.ts'
import { sharedLifecycle } from '../src/tokens/shared.ts'

const KEPT = 5_000
const WINDOWS = { refreshAheadMs: 60_000, expiryLeewayMs: 5_000, jitter: 0 }

/** The lifecycles of one store, and how many were created for each key. */
function setUp() {
  const store = memoryStore()
  const seen = new Map<string, Set<Lifecycle>>()
  const of = (key: string): Lifecycle => {
    const lifecycle = sharedLifecycle(store, key, systemClock, WINDOWS)
    seen.set(key, (seen.get(key) ?? new Set()).add(lifecycle))
    return lifecycle
  }
  const useOthers = (count: number): void => {
    for (let index = 0; index < count; index += 1) of(`other-${index}`)
  }
  return { of, useOthers, createdFor: (key: string) => seen.get(key)?.size }
}

afterEach(() => void vi.unstubAllGlobals())

test('what a process knows of an account is one for all credentials of it, in one store', () => {
  const { of, createdFor } = setUp()
  expect(of('ann')).toBe(of('ann'))
  expect([of('ann') === of('bob'), createdFor('ann')]).toEqual([false, 1])
  expect(setUp().of('ann')).not.toBe(of('ann'))
})

test('of 5,000 accounts it is kept; of one more, as long as a credential holds it', () => {
  const { of, useOthers, createdFor } = setUp()
  const held = of('held')
  useOthers(KEPT + 10)
  expect(of('held')).toBe(held)
  useOthers(KEPT + 10)
  expect([of('held') === held, createdFor('held')]).toEqual([true, 1])
})

describe('an account that no credential holds any more', () => {
  /** Everything that is not kept is collected at once. */
  function collectAll() {
    const registered = new Map<unknown, string>()
    let forget = (_key: string): void => {}
    vi.stubGlobal(
      'WeakRef',
      class {
        deref() {
          return undefined
        }
      },
    )
    vi.stubGlobal(
      'FinalizationRegistry',
      class {
        constructor(onEnd: (key: string) => void) {
          forget = onEnd
        }
        register(_value: object, key: string, token: unknown) {
          registered.set(token, key)
        }
        unregister(token: unknown) {
          registered.delete(token)
        }
      },
    )
    return { registered, forget: (key: string) => forget(key) }
  }

  test('is forgotten when it is the one that was used longest ago', () => {
    const { registered, forget } = collectAll()
    const { of, useOthers, createdFor } = setUp()
    of('first')
    of('second')
    useOthers(KEPT - 2)
    expect([...registered.values()]).toEqual([])
    of('first')
    of('one more')
    expect([...registered.values()]).toEqual(['second'])
    forget('second')
    of('first')
    expect([createdFor('first'), createdFor('second')]).toEqual([1, 1])
    of('second')
    expect(createdFor('second')).toBe(2)
  })

  test('is kept in a runtime without weak references', () => {
    vi.stubGlobal('WeakRef', undefined)
    const { of, useOthers, createdFor } = setUp()
    of('ann')
    useOthers(KEPT + 10)
    of('ann')
    expect(createdFor('ann')).toBe(1)
  })
})
