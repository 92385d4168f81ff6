/** What the test uses of it; @types/bun would change the types of every other file. */
declare module 'bun:sqlite' {
  export class Database {
    constructor(path: string)
    readonly inTransaction: boolean
    prepare(sql: string): {
      run(...values: (string | number | null)[]): unknown
      all(...values: (string | number | null)[]): unknown[]
    }
    run(sql: string): void
    close(): void
  }
}
