import { VENDOR_RULES } from './vendor.ts'
import type { Ablation, Scenario } from './world.ts'

type Faults = Omit<Scenario, 'rule' | 'name' | 'processes'> & { readonly processes?: number }

/** One row each: what goes wrong, and for how many processes. */
const ROWS: Readonly<Record<string, Faults>> = {
  'no fault': { processes: 3, budget: {} },
  'three lifetimes': { operations: 3, budget: { expire: 2 } },
  'refresh ahead': { processes: 3, soft: true, budget: { crash: 1 } },
  crash: { processes: 3, budget: { crash: 1 } },
  'two crashes': { budget: { crash: 2 } },
  'a process stops past its lease': { budget: { pause: 1 } },
  'a process stops, the token endpoint is slow': { budget: { pause: 1, slow: 1 } },
  'slow token endpoint': { processes: 2, budget: { slow: 4 } },
  'lost request': { processes: 3, budget: { loseRequest: 1 } },
  'lost answer': { processes: 3, budget: { loseAnswer: 1 } },
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
  'issues again when the refresh token is dead: crash': { canIssue: true, budget: { crash: 1 } },
  'issues again when the refresh token is dead: stop': { canIssue: true, budget: { pause: 1 } },
  'issues only: crash and a stop': { canIssue: true, canRefresh: false, budget: { crash: 1, pause: 1 } },
  'issues only: the API refuses the token': { canIssue: true, canRefresh: false, processes: 3, budget: { refuse: 1 } },
}

/** Runs of a minute and more. */
const LARGE_ROWS: Readonly<Record<string, Faults>> = {
  'a process of three stops past its lease': { processes: 3, budget: { pause: 1 } },
  'crash of one of three, lost answer': { processes: 3, budget: { crash: 1, loseAnswer: 1 } },
  'store error and crash, three processes': { processes: 3, budget: { storeError: 1, crash: 1 } },
  'two lifetimes, refusal, stop': { operations: 2, budget: { expire: 1, refuse: 1, pause: 1 } },
  'four processes, crash': { processes: 4, budget: { crash: 1 } },
}

function scenariosOf(rows: Readonly<Record<string, Faults>>): Scenario[] {
  return Object.entries(rows).flatMap(([name, faults]) =>
    VENDOR_RULES.map((rule): Scenario => ({ name, rule, ...faults, processes: faults.processes ?? 2 })),
  )
}

export const SCENARIOS: readonly Scenario[] = scenariosOf(ROWS)
export const LARGE_SCENARIOS: readonly Scenario[] = scenariosOf(LARGE_ROWS)

/** Each safeguard, taken away where that shows. */
export const ABLATIONS: ReadonlyArray<Scenario & { readonly ablation: Ablation; readonly breaks: string }> = [
  { ablation: 'blind writes', breaks: 'REUSE', name: 'no fault', rule: 'strict', processes: 2, budget: {} },
  { ablation: 'stale reads', breaks: 'ENDLESS', name: 'no fault', rule: 'strict', processes: 2, budget: {} },
  {
    ablation: 'no renewal',
    breaks: 'REUSE',
    name: 'slow token endpoint',
    rule: 'strict',
    processes: 2,
    budget: { slow: 4 },
  },
  { ablation: 'claims ignored', breaks: 'REUSE', name: 'no fault', rule: 'strict', processes: 2, budget: {} },
  {
    ablation: 'refused generation forgotten',
    breaks: 'OPERATION-FAILED',
    name: 'the API refuses the token',
    rule: 'strict',
    processes: 2,
    budget: { refuse: 1 },
  },
]
