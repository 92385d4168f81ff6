/** What a contract suite needs of a test framework: vitest, jest, node:test, mocha and others fit. */
export interface Runner {
  describe(name: string, define: () => void): void
  test(name: string, run: () => void | Promise<void>): void
}
