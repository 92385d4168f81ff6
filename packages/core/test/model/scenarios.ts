import { VENDOR_RULES } from './vendor.ts'
import type { Ablation, Scenario } from './world.ts'

type Faults = Omit<Scenario, 'rule' | 'name' | 'processes'> & { readonly processes?: number }

/** One row each: what goes wrong, and for how many processes. */
const ROWS: Readonly<Record<string, Faults>> = {
  'no fault': { processes: 3, budget: {} },
  'three lifetimes': { operations: 3, budget: { expire: 2 } },
  'refresh ahead': { processes: 3, soft: true, budget: { crash: 1 } },
  'refresh ahead, store errors': { soft: true, budget: { storeError: 2 } },
  crash: { processes: 3, budget: { crash: 1 } },
  'two crashes': { budget: { crash: 2 } },
  'a process stops past its lease': { budget: { pause: 1 } },
  'a process stops, the token endpoint is slow': { budget: { pause: 1, slow: 1 } },
  'slow token endpoint': { processes: 2, budget: { slow: 4 } },
  'lost request': { processes: 3, budget: { loseRequest: 1 } },
  'lost answer': { processes: 3, budget: { loseAnswer: 1 } },
  'unusable answer': { processes: 3, budget: { unusable: 1 } },
  'unusable answer and crash': { budget: { unusable: 1, crash: 1 } },
  'unusable answer and a stop': { budget: { unusable: 1, pause: 1 } },
  'unusable answer, store errors': { budget: { unusable: 1, storeError: 1 } },
  'unusable answer, lost answer': { budget: { unusable: 1, loseAnswer: 1 } },
  'unusable answer, sign-out': { budget: { unusable: 1, signOut: 1 } },
  'unusable answer, new sign-in': { budget: { unusable: 1, signIn: 1 } },
  'the API refuses the token, unusable answer': { budget: { refuse: 1, unusable: 1 } },
  'the store goes back, unusable answer': {
    processes: 1,
    operations: 3,
    budget: { expire: 2, goBack: 1, unusable: 1 },
  },
  'acquires again when the refresh token is dead: unusable answer, crash': {
    canAcquire: true,
    budget: { unusable: 1, crash: 1 },
  },
  'given up too early': { budget: { timeout: 1 } },
  'store errors': { budget: { storeError: 2 } },
  'store error and crash': { budget: { storeError: 1, crash: 1 } },
  'store error while a process stops': { budget: { storeError: 1, pause: 1 } },
  'crash and a lost answer': { budget: { crash: 1, loseAnswer: 1 } },
  'the API refuses the token': { processes: 3, budget: { refuse: 1 } },
  'the API refuses the token, crash': { budget: { refuse: 1, crash: 1 } },
  'two lifetimes and a crash': { operations: 2, budget: { expire: 1, crash: 1 } },
  'two lifetimes and a stop': { operations: 2, budget: { expire: 1, pause: 1 } },
  'sign-out': { processes: 3, budget: { signOut: 1 } },
  'sign-out and a stop': { budget: { signOut: 1, pause: 1 } },
  'new sign-in': { processes: 3, budget: { signIn: 1 } },
  'new sign-in and a stop': { budget: { signIn: 1, pause: 1 } },
  'the store goes back': { processes: 1, operations: 3, budget: { expire: 2, goBack: 1 } },
  'the store goes back, store errors': { processes: 1, operations: 3, budget: { expire: 2, goBack: 1, storeError: 1 } },
  'two targets': { processes: 3, targets: 2, budget: {} },
  'two targets, two lifetimes': { targets: 2, operations: 2, budget: { expire: 1 } },
  'two targets, crash': { processes: 3, targets: 2, budget: { crash: 1 } },
  'two targets, a stop': { targets: 2, budget: { pause: 1 } },
  'two targets, lost answer': { targets: 2, budget: { loseAnswer: 1 } },
  'two targets, unusable answer': { targets: 2, operations: 2, budget: { unusable: 1 } },
  'two targets, store errors': { targets: 2, budget: { storeError: 2 } },
  'two targets, the API refuses a token': { targets: 2, operations: 2, budget: { refuse: 1 } },
  'two targets, sign-out': { targets: 2, operations: 2, budget: { signOut: 1 } },
  'two targets, new sign-in and a stop': { targets: 2, budget: { signIn: 1, pause: 1 } },
  'two targets, the store goes back': { processes: 1, targets: 2, operations: 4, budget: { expire: 2, goBack: 1 } },
  'acquires again when the refresh token is dead: crash': { canAcquire: true, budget: { crash: 1 } },
  'acquires again when the refresh token is dead: stop': { canAcquire: true, budget: { pause: 1 } },
  'acquires only: crash and a stop': { canAcquire: true, canRefresh: false, budget: { crash: 1, pause: 1 } },
  'acquires only: the API refuses the token': {
    canAcquire: true,
    canRefresh: false,
    processes: 3,
    budget: { refuse: 1 },
  },
}

/** Runs of a minute and more. */
const LARGE_ROWS: Readonly<Record<string, Faults>> = {
  'a process of three stops past its lease': { processes: 3, budget: { pause: 1 } },
  'crash of one of three, lost answer': { processes: 3, budget: { crash: 1, loseAnswer: 1 } },
  'store error and crash, three processes': { processes: 3, budget: { storeError: 1, crash: 1 } },
  'two lifetimes, refusal, stop': { operations: 2, budget: { expire: 1, refuse: 1, pause: 1 } },
  'four processes, crash': { processes: 4, budget: { crash: 1 } },
}

/** The vendor's rule for used refresh tokens does not matter where it takes none. */
const REFUSED: readonly Scenario[] = [
  { name: 'refuses: acquires only', answers: 'refusals', canAcquire: true, canRefresh: false },
  { name: 'refuses: refreshes only', answers: 'refusals' },
  { name: 'refuses: acquires and refreshes', answers: 'refusals', canAcquire: true },
  { name: 'gives expired tokens', answers: 'short lifetimes', canAcquire: true, canRefresh: false },
].map((row): Scenario => ({ rule: 'strict', processes: 1, budget: { reject: 2, later: 1 }, ...row }) as Scenario)

function scenariosOf(rows: Readonly<Record<string, Faults>>): Scenario[] {
  return Object.entries(rows).flatMap(([name, faults]) =>
    VENDOR_RULES.map((rule): Scenario => ({ name, rule, ...faults, processes: faults.processes ?? 2 })),
  )
}

export const SCENARIOS: readonly Scenario[] = [...scenariosOf(ROWS), ...REFUSED]
export const LARGE_SCENARIOS: readonly Scenario[] = [
  ...scenariosOf(LARGE_ROWS),
  ...REFUSED.map((row) => ({ ...row, name: `${row.name}, two processes`, processes: 2, budget: { reject: 1 } })),
]

/** Each safeguard, taken away where that shows. */
export const ABLATIONS: ReadonlyArray<Scenario & { readonly ablation: Ablation; readonly breaks: string }> = [
  { ablation: 'blind writes', breaks: 'REUSE', name: 'no fault', rule: 'strict', processes: 2, budget: {} },
  { ablation: 'stale reads', breaks: 'ENDLESS', name: 'no fault', rule: 'strict', processes: 2, budget: {} },
  {
    ablation: 'no extension',
    breaks: 'REUSE',
    name: 'slow token endpoint',
    rule: 'strict',
    processes: 2,
    budget: { slow: 4 },
  },
  { ablation: 'leases ignored', breaks: 'REUSE', name: 'no fault', rule: 'strict', processes: 2, budget: {} },
  {
    ablation: 'older records believed',
    breaks: 'REUSE',
    name: 'the store goes back',
    rule: 'strict',
    processes: 1,
    operations: 3,
    budget: { expire: 2, goBack: 1 },
  },
  {
    ablation: 'refresh tokens of unusable answers dropped',
    breaks: 'REUSE',
    name: 'unusable answer',
    rule: 'strict',
    processes: 1,
    budget: { unusable: 1 },
  },
  {
    ablation: 'failures forgotten',
    breaks: 'HAMMERED',
    name: 'refuses',
    rule: 'strict',
    answers: 'refusals',
    canAcquire: true,
    canRefresh: false,
    processes: 1,
    budget: {},
  },
  {
    ablation: 'refused generation forgotten',
    breaks: 'OPERATION-FAILED',
    name: 'the API refuses the token',
    rule: 'strict',
    processes: 2,
    budget: { refuse: 1 },
  },
]
