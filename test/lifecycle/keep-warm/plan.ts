/** What a process of the long test is started with, as JSON. */
export interface WarmPlan {
  readonly path: string
  readonly tokenUrl: string
  readonly idleSeconds: number
  readonly everyMs: number
  /** What its clock says at the start, Unix ms. */
  readonly now: number
  /** Its share of chance: at least 0, below 1. */
  readonly chance: number
}

/** Lets so many ms pass, not more than the process has reported. */
export interface WarmCommand {
  readonly advanceMs: number
}

export interface WarmReport {
  /** When it does something by itself, ms from now. */
  readonly nextMs: number
}
