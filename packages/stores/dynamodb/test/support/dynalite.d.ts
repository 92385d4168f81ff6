declare module 'dynalite' {
  import type { Server } from 'node:http'

  /** An emulator of DynamoDB, in memory. */
  export default function dynalite(options: {
    readonly createTableMs: number
    readonly deleteTableMs: number
    readonly updateTableMs: number
  }): Server
}
