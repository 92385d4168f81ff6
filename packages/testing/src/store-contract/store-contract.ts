import type { ExcludedCase, Runner } from '../runner.ts'
import { assert } from './assert.ts'
import { COMPARE_AND_SET_CASES } from './compare-and-set-cases.ts'
import { LIST_CASES } from './list-cases.ts'
import { READ_CASES } from './read-cases.ts'
import { RETENTION_CASES } from './retention-cases.ts'
import type { Need, StoreAbility, StoreCase, StoreContractOptions, StoreUnderTest } from './subject.ts'
import { TEXT_CASES } from './text-cases.ts'
import { canTrace } from './trace.ts'
import { VERSION_CASES } from './version-cases.ts'
import { WAIT_CASES } from './wait-cases.ts'
import { WAIT_END_CASES } from './wait-end-cases.ts'

const GROUPS: Readonly<Record<string, readonly StoreCase[]>> = {
  'compare and set': COMPARE_AND_SET_CASES,
  reads: READ_CASES,
  versions: VERSION_CASES,
  'tombstones and time limits': RETENTION_CASES,
  'keys and values': TEXT_CASES,
  'the list of keys': LIST_CASES,
  'waiting for a change': WAIT_CASES,
  'the end of a wait': WAIT_END_CASES,
}

/**
 * What every `TokenStore` must do, as tests of your test framework: `storeContract({ describe, test }, makeStore)`.
 * Each test calls `makeStore` for an empty store and its `cleanUp` at the end, also when it fails. A failed test throws
 * an error that says what the store must do. What a store or its tests cannot do is said in `options.cannot`.
 * Gives the tests that are left out because of it.
 */
export function storeContract(
  runner: Runner,
  makeStore: () => Promise<StoreUnderTest>,
  options: StoreContractOptions = {},
): readonly ExcludedCase[] {
  const excluded: ExcludedCase[] = []
  for (const [group, cases] of Object.entries(GROUPS)) {
    const included: StoreCase[] = []
    for (const it of cases) {
      const reason = reasonAgainst(it, options)
      if (reason === undefined) included.push(it)
      else excluded.push({ name: it.name, reason })
    }
    // Some frameworks fail a suite without tests.
    if (included.length === 0) continue
    runner.describe(`store contract: ${group}`, () => {
      for (const it of included) runner.test(it.name, () => runCase(it, makeStore))
    })
  }
  return excluded
}

function reasonAgainst({ needs = [] }: StoreCase, { cannot = {} }: StoreContractOptions): string | undefined {
  const reasons: Partial<Record<Need, string>> = canTrace()
    ? cannot
    : { ...cannot, trace: 'this runtime does not tell what keeps a process alive' }
  return needs.map((need) => reasons[need]).find((reason) => reason !== undefined)
}

async function runCase({ needs = [], run }: StoreCase, makeStore: () => Promise<StoreUnderTest>): Promise<void> {
  const subject = await makeStore()
  try {
    const { store } = subject
    const other = (await subject.another?.()) ?? store
    const advance = subject.advance?.bind(subject)
    const missing: Readonly<Partial<Record<Need, boolean>>> = {
      advance: !advance,
      clock: !advance,
      list: !(store.list && other.list),
      waitForChange: !store.waitForChange,
    }
    for (const need of needs) assert(missing[need] !== true, MISSING[need])
    await run({
      store,
      other,
      advance,
      wait: async (...args) => await store.waitForChange?.(...args),
      async list(connection) {
        const keys: string[] = []
        for await (const key of connection.list?.() ?? []) keys.push(key)
        return keys
      },
    })
  } finally {
    await subject.cleanUp?.()
  }
}

const say = (ability: StoreAbility) => `or say why not: storeContract(…, { cannot: { ${ability}: 'why' } })`

const MISSING: Readonly<Record<Need, string>> = {
  advance: `makeStore(): give "advance", which moves the store's time, ${say('advance')}`,
  clock: `makeStore(): give "advance", which moves the store's clock, ${say('clock')}`,
  list: `the store needs list(), ${say('list')}`,
  waitForChange: `the store needs waitForChange(), ${say('waitForChange')}`,
  largeValues: '',
  manyKeys: '',
  trace: '',
}
