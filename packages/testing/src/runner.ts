/** What a contract suite needs of a test framework: vitest, jest, node:test, mocha and others fit. */
export interface Runner {
  describe(name: string, define: () => void): void
  test(name: string, run: () => void | Promise<void>): void
}

/** A skipped test of a contract suite. */
export interface ExcludedCase {
  /** Its title; in the client contract it begins with the rule, e.g. `C14: …`. */
  readonly name: string
  readonly reason: string
}
