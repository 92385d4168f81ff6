import { describe, expect, test } from 'vitest'
import type { Incident } from '../src/faults/incidents.ts'
import { judge } from '../src/ledger/judge.ts'
import { createLedger } from '../src/ledger/ledger.ts'
import type { Presentation } from '../src/vendor/presentation.ts'
import type { VendorRule } from '../src/vendor/token-families.ts'
import type { WorkerLine } from '../src/worker/worker-line.ts'

const family = { account: 'account', rule: 'strict', isRevoked: false } as const
const sent = { worker: '1.1', serial: 0, family, at: 1000, answer: 'sent', answeredAt: 1050 } as const
const rotated: Presentation = { ...sent, verdict: 'rotated', child: 1 }
const again: Presentation = { ...sent, worker: '2.1', at: 17_000, verdict: 'reused', answeredAt: 17_050 }
const kill: Incident = { kind: 'killed', worker: '1.1', from: 1060, to: Infinity }

interface Events {
  readonly presentations?: readonly Presentation[]
  readonly incidents?: readonly Incident[]
  readonly lines?: readonly WorkerLine[]
  readonly rule?: VendorRule
  /** Whose lines these are. */
  readonly storedBy?: string
}

function judged({ presentations = [], incidents = [], lines = [], rule = 'strict', storedBy = '2.1' }: Events) {
  const ledger = createLedger(['account'], presentations, incidents)
  for (const line of lines) {
    ledger.hear(storedBy, line)
    if (line.type === 'failed') ledger.isNewDeath(line)
  }
  return judge(ledger, 'account', rule)
}

const stored: WorkerLine = { type: 'stored', serial: 1, at: 1070 }
const failed = (code: string): WorkerLine => ({ type: 'failed', account: 'account', at: 17_100, code, message: '' })
const death: WorkerLine = {
  ...{ type: 'failed', account: 'account', at: 17_100, code: 'reauthorization_required', message: '' },
  ...{ reason: 'refresh_outcome_lost', since: 17_060 },
}

describe('a refresh token that is sent again after it was rotated', () => {
  test('is explained by the death of the process that had the answer', () => {
    const { repetitions, unexplained, lost } = judged({ presentations: [rotated, again], incidents: [kill] })
    expect({ repetitions, unexplained, lost }).toEqual({ repetitions: 1, unexplained: [], lost: 0 })
  })

  test('is explained by an answer that the vendor withheld, at once', () => {
    const presentations = [
      { ...rotated, answer: 'withheld' as const },
      { ...again, at: 1100 },
    ]
    expect(judged({ presentations }).unexplained).toEqual([])
  })

  test('is not explained when nothing happened to the first process', () => {
    const { unexplained } = judged({ presentations: [rotated, again] })
    expect(unexplained).toEqual([
      'account: refresh token 0 was sent again by 2.1',
      'account: the tokens 1 of 1.1 never reached the store',
    ])
  })

  test('is not explained by a kill when the store held the new tokens already', () => {
    const { unexplained } = judged({ presentations: [rotated, again], incidents: [kill], lines: [stored] })
    expect(unexplained).toEqual(['account: refresh token 0 was sent again by 2.1'])
  })

  test('is not explained by a kill when the lease of the dead process still held', () => {
    const { unexplained } = judged({ presentations: [rotated, { ...again, at: 9000 }], incidents: [kill] })
    expect(unexplained).toEqual(['account: refresh token 0 was sent again by 2.1'])
  })

  test('is not explained by what happened long after the answer', () => {
    const { unexplained } = judged({ presentations: [rotated, again], incidents: [{ ...kill, from: 5000 }] })
    expect(unexplained).toHaveLength(2)
  })

  test('is explained by a stop between the last look at the clock and the sending', () => {
    const { repetitions, unexplained } = judged({
      presentations: [rotated, again],
      incidents: [{ kind: 'stopped', worker: '2.1', from: 990, to: 16_990 }],
      lines: [stored, { type: 'sending', serial: 0, at: 980 }],
    })
    expect({ repetitions, unexplained }).toEqual({ repetitions: 1, unexplained: [] })
  })
})

describe('a forced re-authorization', () => {
  const events = { presentations: [rotated, again], incidents: [kill], lines: [death] }

  test('is explained at a strict vendor by the fault that struck in flight', () => {
    const { deaths, unexplained } = judged(events)
    expect({ causes: deaths.map(({ cause }) => cause), unexplained }).toEqual({
      causes: ['killed in flight'],
      unexplained: [],
    })
  })

  test('is counted once, however many operations meet it', () => {
    expect(judged({ ...events, lines: [death, death] }).deaths).toHaveLength(1)
  })

  test('is never right at a vendor with a grace window', () => {
    const { unexplained } = judged({ ...events, rule: 'grace' })
    expect(unexplained).toEqual(['account: refresh_outcome_lost, killed in flight, grace vendor'])
  })

  test('is not explained when the vendor refused nothing', () => {
    const { unexplained } = judged({ presentations: [rotated], lines: [stored, death] })
    expect(unexplained).toEqual(['account: refresh_outcome_lost, no fault, strict vendor'])
  })
})

describe('an operation that failed', () => {
  test('may say: try again later', () => {
    const lines = ['token_unavailable', 'store_unavailable', 'timeout'].map(failed)
    expect(judged({ lines }).unexplained).toEqual([])
  })

  test('may say nothing else', () => {
    const lines = ['refused', 'untyped', 'not_signed_in', 'record_unreadable'].map(failed)
    expect(judged({ lines }).unexplained).toHaveLength(4)
  })
})

test('a generation that two refreshes gave is a fault of ours', () => {
  const lines = [17_000, 19_000].map((at): WorkerLine => ({ type: 'refreshed', account: 'account', generation: 7, at }))
  expect(judged({ lines }).unexplained).toEqual(['account: generation 7 was given twice'])
  const wentBack: Incident = { kind: 'store went back', from: 16_000, to: 18_000 }
  expect(judged({ lines, incidents: [wentBack] }).unexplained).toEqual([])
  expect(judged({ lines, incidents: [{ ...wentBack, to: 19_500 }] }).unexplained).toHaveLength(1)
})

describe('a refresh token that is sent again after the store went back', () => {
  const wentBack: Incident = { kind: 'store went back', from: 1000, to: 9000 }
  const presentations = [rotated, again]

  test('is explained in a process that had not seen the newer tokens', () => {
    const of = { presentations, incidents: [wentBack], lines: [stored], storedBy: '3.1' }
    expect(judged(of).unexplained).toEqual([])
  })

  test('is not explained in a process that had', () => {
    const { unexplained } = judged({ presentations, incidents: [wentBack], lines: [stored] })
    expect(unexplained).toEqual(['account: refresh token 0 was sent again by 2.1'])
  })

  test('is explained at once where the lease of a dead process was taken back', () => {
    const leaseGone: Incident = { kind: 'store went back', from: 900, to: 2000 }
    const soon = { ...again, at: 3000 }
    expect(judged({ presentations: [rotated, soon], incidents: [kill, leaseGone] }).unexplained).toEqual([])
    expect(judged({ presentations: [rotated, soon], incidents: [kill] }).unexplained).toHaveLength(1)
  })

  test.each([
    ['before the newer tokens were there', { from: 0, to: 1060 }],
    ['to a time when it held them', { from: 2000, to: 9000 }],
    ['after it was sent', { from: 1000, to: 18_000 }],
  ])('is not explained by a store that went back %s', (_, times) => {
    const of = { presentations, incidents: [{ ...wentBack, ...times }], lines: [stored], storedBy: '3.1' }
    expect(judged(of).unexplained).toHaveLength(1)
  })
})
