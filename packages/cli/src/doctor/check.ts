/** One thing that was looked at. */
export interface Check {
  readonly subject: string
  readonly state: 'ok' | 'warning' | 'failed'
  /** What was found; what to do about it, when it is not ok. */
  readonly detail: string
}
